/// How bytes become the model's numbers: `(v / 255 - mean) / std` for each channel.
public struct PixelNormalization: Sendable, Hashable, Codable {
    /// Subtracted from values in 0...1, for R, G and B.
    public var mean: [Double]
    /// Divided by afterwards, for R, G and B.
    public var std: [Double]

    /// Makes a normalisation.
    ///
    /// - Parameters:
    ///   - mean: subtracted from values in 0...1, three numbers.
    ///   - std: divided by afterwards, three numbers above 0.
    public init(mean: [Double], std: [Double]) { (self.mean, self.std) = (mean, std) }

    /// What CLIP, and so ActionCLIP, EVL, M2-CLIP and ST-Adapter, use.
    public static let clip = PixelNormalization(
        mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711])

    /// The factors of the bytes.
    var scale: SIMD3<Float> {
        SIMD3(Float(1 / (255 * std[0])), Float(1 / (255 * std[1])), Float(1 / (255 * std[2])))
    }

    /// What is added afterwards.
    var shift: SIMD3<Float> {
        SIMD3(Float(-mean[0] / std[0]), Float(-mean[1] / std[1]), Float(-mean[2] / std[2]))
    }

    var problem: String? {
        mean.count == 3 && std.count == 3 && mean.allSatisfy(\.isFinite) && std.allSatisfy { $0 > 0 && $0.isFinite }
            ? nil : "mean and std are three finite numbers each, std above 0"
    }
}
