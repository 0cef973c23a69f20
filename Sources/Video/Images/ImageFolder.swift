import Foundation

/// A video that was stored as numbered images.
///
/// Frame `i` is the image with the number `i` + first index. A number that is missing, or whose image is damaged, is
/// replaced by the nearest lower one and counted. Images of another size than the first are resized to it. Belongs to one
/// task at a time.
public final class ImageFolder: FrameSource {
    /// The folder.
    public let path: String
    /// The number of frames: what the annotation says, else up to the highest number present.
    public let count: Int
    /// The numbers from the first index to the last image for which there is no file.
    public let missing: [Int]
    /// The size of all frames, once one was decoded: that of the first image that can be.
    public private(set) var size: PixelSize?
    /// What has happened so far.
    public private(set) var report = DecodingReport()

    /// The numbers of the images that are there, ascending; those found damaged are taken out.
    private var numbers: [Int]
    private let template: ImageTemplate
    private let firstIndex: Int
    private let options: VideoOptions
    private var decodedImages: Set<Int> = []
    private var firstFailure: VideoError?

    /// Lists a folder.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - template: how the images are called.
    ///   - firstIndex: the number of frame 0, an annotation's offset included.
    ///   - count: the number of frames that the annotation states; images past it are left alone.
    ///   - options: limits and conversions.
    /// - Throws: `missingFile`, `notReadable`, or `noFrames` when no image is in the range.
    public init(
        path: String, template: ImageTemplate, firstIndex: Int = 1, count: Int? = nil, options: VideoOptions = .init()
    ) throws(VideoError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw VideoError(exists ? .notReadable : .missingFile, path: path, detail: error.localizedDescription)
        }
        let end = count.map { firstIndex.addingReportingOverflow($0) }
        guard (count ?? 0) >= 0, end?.overflow != true else {
            throw VideoError(.invalidRequest, path: path, detail: "\(count ?? 0) frames from number \(firstIndex)")
        }
        numbers = names.compactMap(template.number(in:)).filter {
            $0 >= firstIndex && $0 < end?.partialValue ?? Int.max
        }.sorted()
        guard let last = numbers.last else {
            throw VideoError(
                .noFrames, path: path, detail: "no image called \(template) with a number from \(firstIndex)")
        }
        // Numbers such as time stamps would make a video of millions of repeated images.
        guard last - firstIndex < max(1_000_000, 100 * numbers.count) else {
            throw VideoError(
                .invalidRequest, path: path,
                detail: "\(numbers.count) images with numbers up to \(last) are no frame numbers; rename them")
        }
        (self.path, self.template, self.firstIndex, self.options) = (path, template, firstIndex, options)
        self.count = count ?? last - firstIndex + 1
        let present = Set(numbers)
        missing = (firstIndex...last).filter { !present.contains($0) }
        report.headerFrames = count ?? 0
        report.isShort = last - firstIndex + 1 < self.count
    }

    /// Delivers frames by number, each distinct image decoded once.
    ///
    /// - Parameter indices: frame numbers from 0 to ``count`` - 1, in any order, repeats allowed.
    /// - Returns: one frame for each index, in the order of the request; its time is its number.
    /// - Throws: `invalidRequest` for a number out of range, or what reading an image throws.
    public func frames(at indices: [Int]) throws(VideoError) -> [Frame] {
        var frames: [Int: Frame] = [:]
        try read(indices) { frames[$0] = $1 }
        return indices.compactMap { frames[$0] }
    }

    /// Hands frames over one by one, each distinct image decoded once.
    ///
    /// - Parameters:
    ///   - indices: frame numbers from 0 to ``count`` - 1, in any order, repeats allowed.
    ///   - body: called with each distinct number, in rising order, and its frame; its time is its number.
    /// - Throws: as `frames`, and what the body throws.
    public func read(_ indices: [Int], _ body: (Int, Frame) throws(VideoError) -> Void) throws(VideoError) {
        for index in indices where index < 0 || index >= count {
            throw VideoError(.invalidRequest, path: path, detail: "frame \(index) of \(count)")
        }
        var known: [Int: Frame] = [:]
        for index in Set(indices).sorted() {
            let image = try nearest(to: index + firstIndex, known: &known)
            // Numbers rise, so nothing below the newest image is asked for again.
            if let newest = known.keys.max() { known = known.filter { $0.key == newest } }
            try body(
                index, Frame(width: image.width, height: image.height, pixels: image.pixels, time: Double(index)))
        }
        try checkIsUsable()
    }

    /// Decodes every image.
    ///
    /// - Returns: the report; frames without an image of their own are counted as substituted.
    /// - Throws: `damaged` when more than half of the images fail, the first failure's status when all do, `timeout`
    ///   or `cancelled`.
    @discardableResult
    public func verify() throws(VideoError) -> DecodingReport {
        let began = ContinuousClock.now
        for number in numbers {
            // The deadline of the options holds for each image alone.
            if let limit = options.deadline, ContinuousClock.now - began > .seconds(limit) {
                throw VideoError(.timeout, path: path, detail: "after \(limit) s")
            }
            _ = try image(number)
        }
        guard !numbers.isEmpty else { throw firstFailure ?? VideoError(.noFrames, path: path, detail: "no image") }
        try checkIsUsable()
        report.decodedFrames = numbers.count
        report.substitutedFrames = count - numbers.count
        return report
    }

    /// The image of the highest number that is not above `wanted`, the lowest of all when there is none.
    private func nearest(to wanted: Int, known: inout [Int: Frame]) throws(VideoError) -> Frame {
        while !numbers.isEmpty {
            let number = numbers[max(numbers.count(before: wanted + 1) - 1, 0)]
            let found: Frame?
            if let frame = known[number] { found = frame } else { found = try image(number) }
            guard let found else {
                if decodedImages.isEmpty, report.failedPackets >= 100 { break }
                continue
            }
            known[number] = found
            if number != wanted { report.substitutedFrames += 1 }
            return found
        }
        throw firstFailure ?? VideoError(.noFrames, path: path, detail: "no image")
    }

    /// Decodes an image; nil, and out of the list with it, when it is damaged.
    private func image(_ number: Int) throws(VideoError) -> Frame? {
        do {
            let frame = try Frame(imageAt: file(number), options: options)
            decodedImages.insert(number)
            return try sized(frame, number)
        } catch {
            guard error.status != .timeout, error.status != .cancelled else { throw error }
            numbers.removeAll { $0 == number }
            report.failedPackets += 1
            report.noteBad(at: Double(number - firstIndex), error.description)
            if firstFailure == nil { firstFailure = error }
            return nil
        }
    }

    /// The size of all frames is that of the first image that can be decoded.
    private func sized(_ frame: Frame, _ number: Int) throws(VideoError) -> Frame {
        if size == nil, let first = numbers.first, first != number {
            size = (try? Frame(imageAt: file(first), options: options))?.size
        }
        let size = size ?? frame.size
        self.size = size
        guard frame.size != size else { return frame }
        report.hasSizeChange = true
        return frame.resized(to: size, filter: .bilinear)
    }

    /// Refuses a folder of whose images more than half of those tried failed.
    private func checkIsUsable() throws(VideoError) {
        let failed = report.failedPackets, tried = failed + decodedImages.count
        guard failed * 2 > tried else { return }
        throw VideoError(
            .damaged, path: path, detail: "\(failed) of \(tried) images failed; first: \(report.detail ?? "unknown")")
    }

    private func file(_ number: Int) -> String { (path as NSString).appendingPathComponent(template.name(number)) }
}
