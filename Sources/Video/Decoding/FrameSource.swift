/// Anything that delivers numbered frames: a video file or a folder of images.
public protocol FrameSource {
    /// The number of frames.
    var count: Int { get }

    /// Delivers frames by number.
    ///
    /// - Parameter indices: frame numbers in presentation order from 0, in any order, repeats allowed; each distinct
    ///   one is decoded once.
    /// - Returns: one frame for each index, in the order of the request.
    /// - Throws: ``VideoError``.
    func frames(at indices: [Int]) throws(VideoError) -> [Frame]

    /// What has happened so far.
    var report: DecodingReport { get }
}
