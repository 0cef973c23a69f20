public import CLIP
public import Video

/// How the pictures of a session are to be encoded.
///
/// Texts, temporal heads and scores are always float32.
public struct EngineSettings: Sendable {
    /// The arithmetic of the image tower.
    public var precision: Precision
    /// Frames like those that the session will see, of any size, whole clips one behind another.
    ///
    /// 8-bit arithmetic is calibrated with them; every engine is compared with the model on them.
    public var calibration: [Frame]
    /// How well the engine must agree with the model.
    public var tolerance = EngineTolerance()

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - precision: the arithmetic of the image tower.
    ///   - calibration: frames like those that the session will see; needed by 8-bit arithmetic.
    public init(_ precision: Precision = .fp32, calibration: [Frame] = []) {
        (self.precision, self.calibration) = (precision, calibration)
    }
}
