public import Torch

/// The line between a model before and after training.
///
///     θ(α) = (1 − α) θ_start + α θ_tuned
///
/// Values are computed in double precision and stored in the tuned model's types; what is not a floating-point number is
/// the tuned model's. Source: WiSE-FT (Wortsman et al., CVPR 2022), equation 1; Open-VCLIP and TC-CLIP for video.
public struct WeightInterpolation: Sendable {
    /// Why two sets of weights have no line between them.
    public struct Mismatch: Error, Sendable, Equatable {
        /// The names that only one set has, and those with other shapes or types, sorted.
        public let names: [String]
        /// What differs, one phrase a name, in the same order.
        public let details: [String]
    }

    private let start: [String: Tensor]
    private let tuned: [String: Tensor]

    /// Takes the ends of the line.
    ///
    /// - Parameters:
    ///   - start: the weights before training, by name.
    ///   - tuned: the weights after training.
    /// - Throws: `TrainingError.otherWeights` if names or shapes differ, or if one end is a floating-point number only.
    public init(from start: [String: Tensor], to tuned: [String: Tensor]) throws(TrainingError) {
        let problems = Set(start.keys).union(tuned.keys).sorted().compactMap { name -> (String, String)? in
            switch (start[name], tuned[name]) {
            case (let a?, let b?) where a.shape != b.shape:
                (name, "\(name) has \(a.shape) at the start and \(b.shape) tuned")
            case (let a?, let b?) where a.dtype.isFloatingPoint != b.dtype.isFloatingPoint:
                (name, "\(name) is \(a.dtype) at the start and \(b.dtype) tuned")
            case (_?, nil): (name, "\(name) is in the start only")
            case (nil, _?): (name, "\(name) is in the tuned weights only")
            case (_?, _?), (nil, nil): nil
            }
        }
        guard problems.isEmpty else {
            throw .otherWeights(Mismatch(names: problems.map(\.0), details: problems.map(\.1)))
        }
        (self.start, self.tuned) = (start, tuned)
    }

    /// The weights at a place of the line.
    ///
    /// - Parameter coefficient: the share of the tuned weights, from 0 to 1; the ends are exact.
    /// - Returns: new tensors by name, without gradients.
    /// - Throws: `TrainingError.badEvaluation` for a coefficient outside.
    public func weights(at coefficient: Double) throws(TrainingError) -> [String: Tensor] {
        guard coefficient >= 0, coefficient <= 1 else {
            throw .badEvaluation("an interpolation coefficient of \(coefficient); it lies from 0 to 1")
        }
        return withoutGradient {
            tuned.reduce(into: [:]) { result, item in
                let (name, b) = item
                guard b.dtype.isFloatingPoint, let a = start[name] else {
                    result[name] = b.cloned()
                    return
                }
                let ends = (a.to(dtype: .float64), b.to(dtype: .float64))
                let value =
                    coefficient == 0
                    ? ends.0 : coefficient == 1 ? ends.1 : ends.0 * (1 - coefficient) + ends.1 * coefficient
                result[name] = value.to(dtype: b.dtype).cloned()
            }
        }
    }
}

/// What accuracy costs and gains along the line between a model before and after training.
public struct InterpolationCurve: Sendable, Codable, Equatable {
    /// The accuracies at one place.
    public struct Point: Sendable, Codable, Equatable {
        /// The share of the tuned weights.
        public let coefficient: Double
        /// Top-1 on the data that the model was trained for, from 0 to 1; nil where it was not measured.
        public let supervised: Double?
        /// Top-1 on unseen classes or data, from 0 to 1; nil where it was not measured.
        public let zeroShot: Double?

        /// Records accuracies.
        ///
        /// - Parameters:
        ///   - coefficient: the share of the tuned weights.
        ///   - supervised: top-1 on the data that the model was trained for.
        ///   - zeroShot: top-1 on unseen classes or data.
        public init(coefficient: Double, supervised: Double?, zeroShot: Double?) {
            self.coefficient = coefficient
            self.supervised = supervised
            self.zeroShot = zeroShot
        }
    }

    /// The places, from the start to the tuned weights.
    public let points: [Point]

    /// Takes measurements.
    ///
    /// - Parameter points: in any order.
    public init(_ points: [Point]) { self.points = points.sorted { $0.coefficient < $1.coefficient } }
}
