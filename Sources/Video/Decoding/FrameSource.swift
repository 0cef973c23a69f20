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

    /// Hands frames over one by one, so that no more than one needs to be in memory.
    ///
    /// - Parameters:
    ///   - indices: frame numbers as in `frames`.
    ///   - body: called with each distinct number, in rising order, and its frame. When a file's numbering turns out
    ///     to be wrong on the way, it begins again, and later frames stand in for earlier ones of the same number.
    /// - Throws: ``VideoError``.
    func read(_ indices: [Int], _ body: (Int, Frame) throws(VideoError) -> Void) throws(VideoError)

    /// What has happened so far.
    var report: DecodingReport { get }
}

extension FrameSource {
    /// Hands over what `frames` delivers.
    ///
    /// - Parameters:
    ///   - indices: frame numbers as in `frames`.
    ///   - body: called with each distinct number, in rising order, and its frame.
    /// - Throws: ``VideoError``.
    public func read(_ indices: [Int], _ body: (Int, Frame) throws(VideoError) -> Void) throws(VideoError) {
        let distinct = Set(indices).sorted()
        for (index, frame) in zip(distinct, try frames(at: distinct)) { try body(index, frame) }
    }
}
