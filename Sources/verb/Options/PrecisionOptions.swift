public import ArgumentParser
public import CLIP
import Recognition
import Video

extension Precision: ExpressibleByArgument {}
extension NamedArchitecture: ExpressibleByArgument {}

/// The arithmetic that pictures are encoded with.
struct PrecisionOptions: ParsableArguments {
    @Option(
        help: """
            The arithmetic of the image tower: fp32, bf16, int8, or auto for the first of int8, bf16 and fp32 that agrees \
            with the model here. int8 is calibrated with frames of --calibrate.
            """)
    var precision = Precision.fp32

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Videos like those that will be seen, which int8 is calibrated with and every precision is checked by; 8 at most.",
            valueName: "video"))
    var calibrate: [String] = []

    /// The most videos that are read for calibration.
    private static let videos = 8

    /// Refuses more videos than are read.
    func validate() throws {
        guard calibrate.count <= Self.videos else {
            throw ValidationError("--calibrate takes \(Self.videos) videos at most; \(calibrate.count) were named.")
        }
    }

    /// What the session is prepared with.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - frames: the number of frames of a clip.
    ///   - inputs: videos that stand in where none were named and the precision needs some; those that cannot be read
    ///     are left out, as whoever reads them next says so.
    /// - Returns: the settings.
    /// - Throws: `RecognitionError` for a video that cannot be read.
    func settings(
        for model: RecognitionModel, frames: Int, inputs: [String] = []
    ) async throws(RecognitionError) -> EngineSettings {
        let reader = try ClipReader(model.preprocessing, frames: frames)
        var pictures: [Frame] = []
        for path in calibrate { pictures += try await reader.read(path).frames }
        guard calibrate.isEmpty, precision == .int8 || precision == .auto else {
            return EngineSettings(precision, calibration: pictures)
        }
        for path in inputs.prefix(Self.videos) {
            do throws(RecognitionError) { pictures += try await reader.read(path).frames } catch {
                if case .cancelled = error { throw error }
            }
        }
        return EngineSettings(precision, calibration: pictures)
    }
}
