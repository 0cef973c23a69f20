/// What a clip shows apart from the action; drawn in the same way whatever the action is.
public struct PuppetsAttributes: Sendable, Equatable, Codable {
    /// The shirt's colour.
    public let shirt: PuppetsColour
    /// The colour of the object that the action handles, if it handles one.
    public let object: PuppetsColour
    /// An object that lies by and does not matter.
    public let bystander: PuppetsObject?
    /// The colour of ``bystander``.
    public let bystanderColour: PuppetsColour
    /// Where.
    public let place: PuppetsPlace
    /// When.
    public let time: PuppetsTime
    /// Pictures in a second.
    public let framesPerSecond: Int
    /// How many pictures.
    public let frames: Int

    init(_ random: inout SplitMix64, look: PuppetsLook) {
        shirt = random.pick(PuppetsColour.allCases)
        object = random.pick(PuppetsColour.allCases)
        let bystanders = PuppetsObject.allCases
        let lies = random.chance(0.5)
        let kind = random.pick(bystanders)
        bystander = lies ? kind : nil
        bystanderColour = random.pick(PuppetsColour.allCases)
        place = random.pick(look.places)
        time = random.pick(PuppetsTime.allCases)
        let rate = random.pick(look.rates)
        framesPerSecond = rate.perSecond
        frames = rate.frames
    }
}

/// What a puppet's body looks like.
struct PuppetsFigure: Equatable, Sendable {
    let body: PuppetBody
    let skin, hair, trousers: Colour
    let hasShorts, hasShortSleeves: Bool

    init(_ random: inout SplitMix64, look: PuppetsLook) {
        var body = PuppetBody()
        let second = look == .second
        let height = second ? random.uniform(0.82, 1.0) : random.uniform(0.92, 1.06)
        let legs = height * (second ? random.uniform(0.84, 0.92) : random.uniform(0.96, 1.03))
        let arms = height * (second ? random.uniform(1.02, 1.1) : random.uniform(0.96, 1.03))
        let width = second ? random.uniform(1.1, 1.4) : random.uniform(0.88, 1.16)
        let head = second ? random.uniform(1.05, 1.25) : random.uniform(0.94, 1.08)
        body.thigh *= legs
        body.shin *= legs
        body.torso *= height
        body.upperArm *= arms
        body.forearm *= arms
        body.headRadius *= head
        body.shoulders *= mix(1, width, 0.5)
        body.hips *= mix(1, width, 0.5)
        body.armRadius *= width
        body.legRadius *= width
        body.torsoRadius *= width
        self.body = body
        skin = random.pick([Colour(248, 212, 180), Colour(232, 184, 142), Colour(190, 134, 92), Colour(124, 80, 52)])
        hair = random.pick([
            Colour(50, 34, 24), Colour(20, 18, 20), Colour(150, 96, 40), Colour(206, 168, 84), Colour(150, 150, 152),
        ])
        trousers = random.pick(
            second
                ? [Colour(112, 100, 86), Colour(64, 82, 76), Colour(98, 70, 86)]
                : [Colour(42, 54, 96), Colour(60, 60, 64), Colour(96, 66, 44), Colour(28, 28, 32)])
        hasShorts = random.chance(0.35)
        hasShortSleeves = random.chance(0.6)
    }
}
