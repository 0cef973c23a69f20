/// How a Puppets world looks: bodies, colours, places, cameras, frame rates and compression.
public enum PuppetsLook: String, Sendable, Codable, CaseIterable {
    /// The look of training.
    case first
    /// Another look of the same actions, to measure how a model bears a change of domain.
    case second

    /// The H.264 constant rate factor that clips of this look are written with.
    public var rateFactor: Int { self == .first ? 18 : 33 }

    /// The places of this look.
    public var places: [PuppetsPlace] {
        self == .first ? [.park, .room, .beach, .street, .gym] : [.forest, .kitchen, .desert, .stage, .snow]
    }

    /// Frame rates and how many frames a clip then has.
    var rates: [(perSecond: Int, frames: Int)] {
        self == .first ? [(12, 32), (14, 32), (16, 32)] : [(10, 24), (20, 48), (24, 60)]
    }

    /// The strength of the picture's grain, in levels.
    var grain: Int { self == .first ? 0 : 9 }

    /// The width of outlines in body heights.
    var outline: Double { self == .first ? 0.02 : 0.009 }
}

/// A colour that captions name.
public enum PuppetsColour: String, Sendable, Codable, CaseIterable {
    /// Red.
    case red
    /// Blue.
    case blue
    /// Green.
    case green
    /// Yellow.
    case yellow
    /// Pink.
    case pink
    /// Purple.
    case purple
    /// White.
    case white
    /// Black.
    case black

    func shade(_ look: PuppetsLook) -> Colour {
        switch (self, look) {
        case (.red, .first): Colour(214, 40, 40)
        case (.red, .second): Colour(176, 62, 74)
        case (.blue, .first): Colour(36, 84, 214)
        case (.blue, .second): Colour(84, 132, 196)
        case (.green, .first): Colour(30, 160, 60)
        case (.green, .second): Colour(112, 152, 72)
        case (.yellow, .first): Colour(246, 214, 40)
        case (.yellow, .second): Colour(224, 206, 118)
        case (.pink, .first): Colour(250, 128, 184)
        case (.pink, .second): Colour(208, 140, 156)
        case (.purple, .first): Colour(142, 52, 186)
        case (.purple, .second): Colour(122, 88, 148)
        case (.white, .first): Colour(246, 246, 246)
        case (.white, .second): Colour(222, 218, 208)
        case (.black, .first): Colour(40, 40, 44)
        case (.black, .second): Colour(58, 52, 54)
        }
    }
}

/// Where a clip takes place.
public enum PuppetsPlace: String, Sendable, Codable, CaseIterable {
    /// Grass and trees.
    case park
    /// A wall with a window.
    case room
    /// Sand and sea.
    case beach
    /// Houses and a road.
    case street
    /// A hall with a wooden floor.
    case gym
    /// Many trunks (second look).
    case forest
    /// Tiles and cupboards (second look).
    case kitchen
    /// Dunes (second look).
    case desert
    /// A curtain (second look).
    case stage
    /// White hills (second look).
    case snow

    /// Where, as captions say it.
    public var words: String {
        switch self {
        case .park: "in the park"
        case .room: "in a room"
        case .beach: "on the beach"
        case .street: "on the street"
        case .gym: "in the gym"
        case .forest: "in the forest"
        case .kitchen: "in the kitchen"
        case .desert: "in the desert"
        case .stage: "on a stage"
        case .snow: "in the snow"
        }
    }

    /// Whether there is a roof.
    public var isIndoors: Bool {
        switch self {
        case .room, .gym, .kitchen, .stage: true
        case .park, .beach, .street, .forest, .desert, .snow: false
        }
    }
}

/// When a clip takes place.
public enum PuppetsTime: String, Sendable, Codable, CaseIterable {
    /// Yellowish light.
    case morning
    /// White light.
    case day
    /// Reddish light.
    case evening
    /// Little, bluish light.
    case night

    /// When, as captions say it.
    public var words: String {
        switch self {
        case .morning: "in the morning"
        case .day: "during the day"
        case .evening: "in the evening"
        case .night: "at night"
        }
    }

    var light: Colour {
        switch self {
        case .morning: Colour(256, 244, 218)
        case .day: Colour(256, 256, 256)
        case .evening: Colour(244, 200, 168)
        case .night: Colour(136, 150, 196)
        }
    }
}
