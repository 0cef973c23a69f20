internal import Datasets

/// What a video is called in a manifest: its path below the list's root, and the part of a folder of images that it is.
enum SpatialVideoName {
    static func name(of source: VideoSource, root: String = "") -> String {
        let prefix = root.hasSuffix("/") || root.isEmpty ? root : root + "/"
        let path = source.path.hasPrefix(prefix) ? String(source.path.dropFirst(prefix.count)) : source.path
        guard case .images(let images) = source, images.offset != 0 || images.count != nil else { return path }
        return "\(path)[\(images.offset)+\(images.count.map(String.init) ?? "")]"
    }

    /// Whether a video of a list, wherever the list's root is now, is the one of a name.
    static func matches(_ source: VideoSource, _ name: String) -> Bool {
        let own = Self.name(of: source)
        return own == name || own.hasSuffix("/" + name)
    }

    /// In what a list differs from the videos of a manifest.
    static func difference(between names: [String], and samples: [VideoSample]) -> String? {
        guard names.count == samples.count else {
            return "the list has \(samples.count) videos, the targets are of \(names.count)"
        }
        let place = names.indices.first { !matches(samples[$0].source, names[$0]) }
        return place.map { "video \($0 + 1) of the list is \(samples[$0].source.path), of the targets \(names[$0])" }
    }
}
