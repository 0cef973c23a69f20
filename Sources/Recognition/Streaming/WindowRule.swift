/// Which grid times complete a window that is decided, and which none of these shows.
///
/// The first full window ends at grid time T - 1; before and behind it decisions are whole hops away.
struct WindowRule: Sendable {
    private let frames: Int
    private let hop: Int
    private let waits: Bool

    init(_ settings: StreamSettings) {
        (frames, hop, waits) = (settings.frames, settings.hopStrides, settings.start == .wait)
    }

    /// Whether a decision falls on a grid time.
    func isDue(_ number: Int) -> Bool { distance(number) == 0 && (!waits || number >= frames - 1) }

    /// Whether a window that is decided shows a grid time.
    func isNeeded(_ number: Int) -> Bool {
        let first = number + distance(number)
        let due = waits && first < frames - 1 ? frames - 1 : first
        return due - number < frames
    }

    /// Grid times until the next decision.
    private func distance(_ number: Int) -> Int {
        let past = (number - (frames - 1)) % hop  // negative while the window fills
        return past == 0 ? 0 : past < 0 ? -past : hop - past
    }
}
