/// Lists of folders of images: `directory frames label`, or `directory offset frames label`.
///
/// The number of an image is the frame's, the first index and the offset added. A line may lack the label.
/// Source: ActionCLIP `datasets/datasets.py`; mmaction2 `RawframeDataset`.
enum RawFramesReader {
    /// Larger numbers are mistakes.
    private static let largest = 1_000_000_000

    static func read(_ request: ListRequest, hasOffset: Bool) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let template = try request.imageTemplate()
        var entries: [ListEntry] = []
        for line in try file.lines() {
            let needed = hasOffset ? 2 : 1
            let parts = NumberedLine(line.text, atMost: needed + 1)
            let numbers = parts.numbers.compactMap { Int($0) }
            guard !parts.head.isEmpty, numbers.count == parts.numbers.count, numbers.count >= needed else {
                throw problem(line, hasOffset, request)
            }
            let (offset, frames) = hasOffset ? (numbers[0], numbers[1]) : (0, numbers[0])
            guard (0...largest).contains(offset), (1...largest).contains(frames) else {
                throw .badLine(path: request.path, line: line.number, detail: "\(frames) frames from \(offset)")
            }
            let images = ImageSequence(
                folder: ListFile.path(parts.head, in: request.root), template: template,
                firstIndex: request.options.firstIndex, offset: offset, count: frames)
            entries.append(
                ListEntry(request.place(line.number), .images(images), labels: Array(numbers.dropFirst(needed))))
        }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(), digest: ListDigest.sha256(of: file.bytes))
    }

    private static func problem(_ line: ListLine, _ hasOffset: Bool, _ request: ListRequest) -> DatasetError {
        .badLine(
            path: request.path, line: line.number,
            detail: "expected a folder, \(hasOffset ? "an offset, " : "")a number of frames and a class number")
    }
}
