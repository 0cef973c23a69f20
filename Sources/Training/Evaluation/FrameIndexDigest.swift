/// A fingerprint of which frames of which videos an evaluation saw.
///
///     SHA-256 over the videos in the order of the list: path, then the frame numbers of each view
public enum FrameIndexDigest {
    /// Computes the fingerprint.
    ///
    /// - Parameter videos: in the order of the list, each with the frame numbers of its views in their order; none for a
    ///   video that could not be read.
    /// - Returns: lower-case hexadecimal.
    public static func sha256(of videos: [(path: String, views: [[Int]])]) -> String {
        // Lengths come first, so that no two lists give the same text.
        let lines = videos.map { video in
            let views = video.views.map { $0.map(String.init).joined(separator: ",") }.joined(separator: ";")
            return "\(video.path.utf8.count):\(video.path) \(views)\n"
        }
        return WeightDigest.sha256(of: lines.joined().utf8)
    }
}
