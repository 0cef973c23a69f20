internal import Foundation
public import Video

extension VideoHealth {
    /// Decodes a whole video, without converting its pictures.
    ///
    /// - Parameters:
    ///   - sample: the video.
    ///   - frames: a video with fewer frames is ``Video/VideoStatus/short``; nil asks for none.
    ///   - options: limits; the deadline holds for opening and for decoding, each.
    /// - Returns: what was found, whatever it is.
    public static func decoding(_ sample: VideoSample, frames: Int? = nil, options: VideoOptions) -> VideoHealth {
        var health = VideoHealth(sample, .ok)
        switch sample.source {
        case .file(let path): health.decode(path, options)
        case .images(let images): health.decode(images, options)
        }
        if let frames, let decoded = health.decodedFrames, decoded < frames, health.status.action == .use {
            health.markShort(decoded, of: frames)
        }
        return health
    }

    private mutating func decode(_ path: String, _ options: VideoOptions) {
        do throws(VideoError) {
            let file = try VideoFile(path: path, options: options)
            note(file.information)
            do throws(VideoError) { finish(try file.verify()) } catch { fail(error, file.report) }
        } catch {
            fail(error, nil)
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            if attributes?[.type] as? FileAttributeType == .typeRegular { bytes = attributes?[.size] as? Int }
        }
    }

    private mutating func decode(_ images: ImageSequence, _ options: VideoOptions) {
        do throws(VideoError) {
            let folder = try images.open(options: options)
            do throws(VideoError) { finish(try folder.verify()) } catch { fail(error, folder.report) }
            (width, height) = (folder.size?.width, folder.size?.height)
        } catch { fail(error, nil) }
    }

    private mutating func finish(_ report: DecodingReport) {
        (status, action) = (report.status, report.status.action)
        note(report)
    }

    private mutating func fail(_ error: VideoError, _ report: DecodingReport?) {
        (status, action, detail) = (error.status, error.status.action, error.detail)
        if let report { note(report) }
    }

    /// `short` is the least grave of what can be wrong.
    private mutating func markShort(_ decoded: Int, of wanted: Int) {
        let words = "\(decoded) frames of \(wanted)"
        if status == .ok {
            (status, detail) = (.short, detail ?? words)
        } else if status != .short {
            also.append(.short)
        }
    }
}
