import Foundation

/// How the numbered images of a folder are called, such as `img_%05d.jpg` or `img_{:05d}.jpg`.
public struct ImageTemplate: Sendable, Hashable, CustomStringConvertible {
    private let prefix: String, suffix: String, digits: Int

    /// The template as it was given.
    public let description: String

    /// Reads a template.
    ///
    /// - Parameter text: a file name with one `%d`, `%05d`, `{:d}` or `{:05d}` for the number.
    /// - Throws: `invalidRequest` when there is none.
    public init(_ text: String) throws(VideoError) {
        guard let match = text.firstMatch(of: /%0?(\d*)d|\{:0?(\d*)d\}/) else {
            throw VideoError(
                .invalidRequest, detail: "the image template \(text) has no place for a number, such as %05d")
        }
        prefix = String(text[..<match.range.lowerBound])
        suffix = String(text[match.range.upperBound...])
        digits = Int(match.1 ?? match.2 ?? "") ?? 0
        description = text
    }

    /// The file name of a number.
    func name(_ number: Int) -> String {
        let plain = String(number)
        return prefix + String(repeating: "0", count: max(digits - plain.count, 0)) + plain + suffix
    }

    /// The number in a file name that follows the template.
    func number(in name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
            return nil
        }
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard middle.allSatisfy(\.isASCII), let number = Int(middle), self.name(number) == name else { return nil }
        return number
    }
}

/// A video that was stored as numbered images.
///
/// Frame `i` is the image with the number `i` + first index. A number that is missing is replaced by the nearest lower
/// one that exists and counted. Images of another size than the first are resized to it. Belongs to one task at a time.
public final class ImageFolder: FrameSource {
    /// The folder.
    public let path: String
    /// The number of frames: what the annotation says, else up to the highest number present.
    public let count: Int
    /// The numbers from the first index to the last image for which there is no file.
    public let missing: [Int]
    /// What has happened so far.
    public private(set) var report = DecodingReport()

    private let numbers: [Int]
    private let template: ImageTemplate
    private let firstIndex: Int
    private let options: VideoOptions
    private var size: PixelSize?

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
        for index in indices where index < 0 || index >= count {
            throw VideoError(.invalidRequest, path: path, detail: "frame \(index) of \(count)")
        }
        var images: [Int: Frame] = [:]
        var frames: [Int: Frame] = [:]
        for index in Set(indices).sorted() {
            let wanted = index + firstIndex
            let number = nearest(to: wanted)
            if number != wanted { report.substitutedFrames += 1 }
            let image: Frame
            if let known = images[number] { image = known } else { image = try read(number) }
            images[number] = image
            frames[index] = Frame(
                width: image.width, height: image.height, pixels: image.pixels, time: Double(index))
        }
        return indices.compactMap { frames[$0] }
    }

    /// The highest number present that is not above `wanted`; the lowest of all when there is none.
    private func nearest(to wanted: Int) -> Int { numbers[max(numbers.count(before: wanted + 1) - 1, 0)] }

    private func read(_ number: Int) throws(VideoError) -> Frame {
        let frame = try Frame(imageAt: file(number), options: options)
        if size == nil, number != numbers[0] { size = try Frame(imageAt: file(numbers[0]), options: options).size }
        let size = size ?? frame.size
        self.size = size
        guard frame.size != size else { return frame }
        report.hasSizeChange = true
        return frame.resized(to: size, filter: .bilinear)
    }

    private func file(_ number: Int) -> String { (path as NSString).appendingPathComponent(template.name(number)) }
}
