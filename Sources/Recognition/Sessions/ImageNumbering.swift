internal import Foundation
internal import Video

/// How the images of a folder are numbered, told from their names.
struct ImageNumbering {
    private static let endings: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "ppm"]

    let template: ImageTemplate
    let first: Int

    /// Looks at the names in a folder; the largest group that differs in its last number only is the video.
    init(folder: String) throws(VideoError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        try self.init(names: names, folder: folder)
    }

    init(names: [String], folder: String) throws(VideoError) {
        struct Family: Hashable { let prefix: String, suffix: String }
        var families: [Family: [Substring]] = [:]
        for name in names where Self.endings.contains((name as NSString).pathExtension.lowercased()) {
            guard let match = name.firstMatch(of: /^(.*?)([0-9]+)([^0-9]*\.[A-Za-z]+)$/) else { continue }
            families[Family(prefix: String(match.1), suffix: String(match.3)), default: []].append(match.2)
        }
        let largest = families.max { a, b in
            (a.value.count, b.key.prefix + b.key.suffix) < (b.value.count, a.key.prefix + a.key.suffix)
        }
        guard let (family, numbers) = largest, let first = numbers.compactMap({ Int($0) }).min() else {
            throw VideoError(.noFrames, path: folder, detail: "no numbered images such as img_00001.jpg")
        }
        let width = numbers.map(\.count).min() ?? 1
        template = try ImageTemplate("\(family.prefix)%0\(width)d\(family.suffix)")
        self.first = first
    }
}
