internal import ActionModels

/// The states of a stream's newest frames, at most as many as a window has, and of neighbours in the last window.
struct StreamWindow: Sendable {
    /// A place of the window.
    struct Place: Sendable {
        /// Counts the pictures of the stream; a repetition has the number of what it repeats.
        let number: Int
        var state: FrameState
        /// Whether it stands for a time without a picture of its own.
        var isRepetition = false
    }

    /// Two pictures that follow each other.
    struct Pair: Hashable, Sendable { let earlier: Int, later: Int }

    let capacity: Int
    /// What the last window knew of its neighbours; the next shares most of it.
    var neighbours: [Pair: NeighbourState] = [:]
    private var ring: [Place] = []
    /// The place of the oldest once the ring is full.
    private var oldest = 0
    private var pictures = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The number of places taken.
    var count: Int { ring.count }

    /// The places, the oldest first.
    var places: [Place] { Array(ring[oldest...] + ring[..<oldest]) }

    /// The state of the newest picture.
    var last: FrameState? { ring.isEmpty ? nil : ring[newest].state }

    private var newest: Int { (oldest + ring.count - 1) % ring.count }

    /// Adds the newest picture and forgets the oldest when the ring is full.
    ///
    /// A repetition stands for a time without a picture of its own; its picture was not needed before.
    mutating func append(_ state: FrameState, isRepetition: Bool = false) {
        pictures += 1
        // Only the newest frame's memory of those before it is wanted again.
        if !ring.isEmpty { ring[newest].state.memory = nil }
        add(Place(number: pictures, state: state, isRepetition: isRepetition))
    }

    /// Adds the newest picture once more.
    mutating func repeatLast() {
        guard !ring.isEmpty else { return }
        let last = ring[newest]
        add(Place(number: last.number, state: last.state, isRepetition: true))
    }

    /// The window's T places; while it fills, place i shows what came ⌊i n / T⌋-th of n.
    ///
    /// Source: ActionCLIP's rule for short videos.
    var spread: [Place] {
        let places = places
        guard !places.isEmpty else { return [] }
        return (0..<capacity).map { places[$0 * places.count / capacity] }
    }

    private mutating func add(_ place: Place) {
        guard ring.count == capacity else {
            ring.append(place)
            return
        }
        ring[oldest] = place
        oldest = (oldest + 1) % capacity
    }
}
