internal import Foundation

/// How far an engine's features are from those of the model that it was made of.
public struct EngineReport: Sendable, Codable, Equatable {
    /// The engine's arithmetic.
    public let precision: Precision
    /// The number of pictures that both have encoded.
    public let pictures: Int
    /// The largest difference of two elements.
    public let largestDifference: Double
    /// The mean difference of two elements.
    public let meanDifference: Double
    /// The largest magnitude of an element of the reference, to compare differences with.
    public let largestValue: Double
    /// The mean over pictures of the cosine of both features.
    public let cosine: Double
    /// The smallest cosine of a picture.
    public let lowestCosine: Double
    /// The share of clips whose most probable label is the same; nil where no labels were asked for.
    public var labelAgreement: Double?

    /// The largest difference as a share of the largest value.
    public var relativeDifference: Double { largestDifference / scale }

    private var scale: Double { max(largestValue, .leastNormalMagnitude) }

    /// The facts on one line.
    public var summary: String {
        let labels = labelAgreement.map { ", the same label for \(percent($0)) of clips" } ?? ""
        return "\(precision.rawValue) on \(pictures) pictures: cosine \(fixed(cosine)), lowest \(fixed(lowestCosine)), "
            + "largest difference \(rounded(relativeDifference)), mean \(rounded(meanDifference / scale)) of the largest "
            + "value" + labels
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
    private func fixed(_ value: Double) -> String { String(format: "%.5f", value) }
    private func rounded(_ value: Double) -> String { String(format: "%.3g", value) }
}

/// How well an engine must agree with the model that it was made of.
public struct EngineTolerance: Sendable, Codable, Equatable {
    /// The mean cosine of features.
    public var cosine = 0.995
    /// The share of clips whose most probable label is the same.
    public var labelAgreement = 0.9

    /// The largest difference as a share of the largest value, for 32-bit arithmetic.
    public var relativeDifference = 1e-4

    /// Makes the usual tolerance.
    public init() {}

    /// What is too low in a report; nil where nothing is.
    ///
    /// - Parameter report: the report.
    /// - Returns: the fact with both numbers.
    public func problem(in report: EngineReport) -> String? {
        // A cosine that is no number must fail too.
        if !(report.cosine >= cosine) {
            return "the mean cosine of \(report.pictures) pictures' features with the reference's is \(report.cosine); "
                + "at least \(cosine) is needed"
        }
        if report.precision == .fp32, !(report.relativeDifference <= relativeDifference) {
            return "the largest difference from the reference is \(report.relativeDifference) of the largest value; at "
                + "most \(relativeDifference) is allowed"
        }
        guard let agreement = report.labelAgreement, !(agreement >= labelAgreement) else { return nil }
        return "the most probable label is the reference's for a share of \(agreement) of the clips; "
            + "at least \(labelAgreement) is needed"
    }
}
