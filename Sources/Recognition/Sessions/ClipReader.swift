public import CLIP
internal import Foundation
internal import Synchronization
public import Video

/// Frames of one clip at the size that a model takes.
public struct PreparedClip: Sendable {
    /// The frames, square, in their order.
    public let frames: [Frame]
    /// How long decoding and preparing took.
    public let timings: Timings
    /// What happened while the video was decoded.
    public let report: DecodingReport
}

/// Takes evenly spread frames of videos, away from the LibTorch thread.
public struct ClipReader: Sendable {
    private let preprocessing: Preprocessing
    private let frames: Int
    private let options: VideoOptions

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - preprocessing: the model's.
    ///   - frames: the number of frames a clip, the middle ones of as many equal parts.
    ///   - options: limits and conversions.
    /// - Throws: `RecognitionError.badSetting` when the number of frames is not in 1...1024.
    public init(
        _ preprocessing: Preprocessing, frames: Int = 8, options: VideoOptions = .init()
    ) throws(RecognitionError) {
        guard (1...1024).contains(frames) else { throw .badSetting("\(frames) frames a clip; it must be 1 to 1024") }
        (self.preprocessing, self.frames, self.options) = (preprocessing, frames, options)
    }

    /// Decodes a clip on a thread of its own; cancelling the task ends it at the next packet.
    ///
    /// - Parameter path: a video file, or a folder of numbered images.
    /// - Returns: the prepared frames.
    /// - Throws: `RecognitionError.video` or `.cancelled`.
    public func read(_ path: String) async throws(RecognitionError) -> PreparedClip {
        let flag = CancellationFlag()
        let outer = options.isCancelled
        var options = options
        options.isCancelled = { flag.isSet || outer?() ?? false }
        let settings = options
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    let result: Result<PreparedClip, RecognitionError>
                    do throws(RecognitionError) { result = .success(try decode(path, settings)) } catch {
                        result = .failure(error)
                    }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            flag.set()
        }
        return try result.get()
    }

    private func decode(_ path: String, _ options: VideoOptions) throws(RecognitionError) -> PreparedClip {
        var timings = Timings()
        let decoded: (frames: [Frame], report: DecodingReport)
        do throws(VideoError) {
            decoded = try measured(&timings.decode) { () throws(VideoError) in
                let source = try open(path, options)
                let indices = try TemporalSampling.actionCLIP(segments: frames).evaluationIndices(of: source.count)
                return (try source.frames(at: indices[0]), source.report)
            }
        } catch { throw RecognitionError(error) }
        let prepared = measured(&timings.transform) { decoded.frames.map(preprocessing.prepared) }
        return PreparedClip(frames: prepared, timings: timings, report: decoded.report)
    }

    private func open(_ path: String, _ options: VideoOptions) throws(VideoError) -> any FrameSource {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return try VideoFile(path: path, options: options)
        }
        let numbering = try ImageNumbering(folder: path)
        return try ImageFolder(
            path: path, template: numbering.template, firstIndex: numbering.first, options: options)
    }
}

/// Set once from any thread.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
