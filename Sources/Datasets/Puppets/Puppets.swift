/// The synthetic world of moving puppets: its actions and their words.
///
/// Clips are rendered by this package and never pretend to be real footage. Actions are composed of a motion, a part
/// of the body, a direction and an object; many come in pairs whose clips are each other's played backwards. What a
/// puppet wears, where it is and how it is filmed says nothing about what it does.
public enum Puppets {
    /// The version of the world; it rises whenever the same seed gives other frames.
    public static let version = 1

    /// Every action: those for training first, then those held out; the position is the class number.
    public static let actions: [PuppetsAction] = makeActions()

    /// The actions that models may be trained on.
    public static let trainingActions: [PuppetsAction] = actions.filter { !$0.heldOut }

    /// The actions kept out of training: new combinations of words that the training actions contain.
    public static let heldOutActions: [PuppetsAction] = actions.filter(\.heldOut)

    /// The action of a name.
    ///
    /// - Parameter name: the name in plain words.
    /// - Returns: the action, or `nil` if there is none of that name.
    public static func action(named name: String) -> PuppetsAction? { actions.first { $0.name == name } }

    /// A phrase with the words left and right exchanged.
    static func mirrored(_ phrase: String) -> String {
        phrase.split(separator: " ").map { $0 == "left" ? "right" : $0 == "right" ? "left" : String($0) }
            .joined(separator: " ")
    }

    private struct Entry {
        let motion: PuppetsMotion
        let forward: Phrase
        var backward: Phrase?
        let kind: PuppetsAction.Kind
        var heldOut = false
    }

    /// A verb in two forms and what follows it.
    private struct Phrase {
        let gerund, third, rest: String

        init(_ gerund: String, _ third: String, _ rest: String = "") {
            self.gerund = gerund
            self.third = third
            self.rest = rest.isEmpty ? "" : " " + rest
        }
    }

    private static func makeActions() -> [PuppetsAction] {
        let entries = limbEntries + bodyEntries + travelEntries + objectEntries
        var actions: [PuppetsAction] = []
        for heldOut in [false, true] {
            for (group, entry) in entries.enumerated() where entry.heldOut == heldOut {
                let phrases = [(entry.forward, false)] + (entry.backward.map { [($0, true)] } ?? [])
                for (phrase, isReversed) in phrases {
                    actions.append(
                        PuppetsAction(
                            label: actions.count, name: phrase.gerund + phrase.rest,
                            thirdPerson: phrase.third + phrase.rest, kind: entry.kind, heldOut: heldOut, group: group,
                            motion: entry.motion, isReversed: isReversed))
                }
            }
        }
        return actions
    }

    private static var limbEntries: [Entry] {
        let all: [PuppetsPart] = [.leftArm, .rightArm, .bothArms, .leftLeg, .rightLeg]
        let raising = all.map { part in
            Entry(
                motion: .raise(part), forward: Phrase("raising", "raises", part.words),
                backward: Phrase("lowering", "lowers", part.words), kind: .limb, heldOut: part == .rightLeg)
        }
        let swinging = all.map { part in
            Entry(motion: .swing(part), forward: Phrase("swinging", "swings", part.words), kind: .limb)
        }
        let shaking = all.prefix(3).map { part in
            Entry(
                motion: .shake(part), forward: Phrase("shaking", "shakes", part.words), kind: .limb,
                heldOut: part == .bothArms)
        }
        return raising + swinging + shaking
    }

    private static var bodyEntries: [Entry] {
        [
            Entry(
                motion: .sitDown, forward: Phrase("sitting down", "sits down"),
                backward: Phrase("standing up", "stands up"), kind: .body),
            Entry(
                motion: .lieDown, forward: Phrase("lying down", "lies down"),
                backward: Phrase("getting up", "gets up"), kind: .body),
            Entry(
                motion: .crouch, forward: Phrase("crouching down", "crouches down"),
                backward: Phrase("rising up", "rises up"), kind: .body),
            Entry(motion: .bow, forward: Phrase("bowing", "bows"), kind: .body),
            Entry(motion: .jump, forward: Phrase("jumping", "jumps", "on the spot"), kind: .body),
            Entry(motion: .runOnTheSpot, forward: Phrase("running", "runs", "on the spot"), kind: .body, heldOut: true),
        ]
    }

    private static var travelEntries: [Entry] {
        let facing: [Entry] = [
            Entry(
                motion: .sidestep, forward: Phrase("stepping", "steps", "to the right"),
                backward: Phrase("stepping", "steps", "to the left"), kind: .travel),
            Entry(
                motion: .hop, forward: Phrase("jumping", "jumps", "to the right"),
                backward: Phrase("jumping", "jumps", "to the left"), kind: .travel, heldOut: true),
        ]
        let sideways = PuppetsSide.allCases.flatMap { side in
            let there = "to the \(side.rawValue)", back = "backwards to the \(side.opposite.rawValue)"
            return [
                Entry(
                    motion: .walk(side), forward: Phrase("walking", "walks", there),
                    backward: Phrase("walking", "walks", back), kind: .travel),
                Entry(motion: .run(side), forward: Phrase("running", "runs", there), kind: .travel),
                Entry(motion: .crawl(side), forward: Phrase("crawling", "crawls", there), kind: .travel),
            ]
        }
        return facing + sideways
    }

    private static var objectEntries: [Entry] {
        let pickingUp = PuppetsObject.allCases.map { object in
            Entry(
                motion: .pickUp(object), forward: Phrase("picking up", "picks up", object.words),
                backward: Phrase("putting down", "puts down", object.words), kind: .object, heldOut: object == .stick)
        }
        let lifting = [PuppetsObject.ball, .box].map { object in
            Entry(
                motion: .lift(object), forward: Phrase("raising", "raises", object.words),
                backward: Phrase("lowering", "lowers", object.words), kind: .object)
        }
        let throwing = [PuppetsObject.ball, .stick].map { object in
            Entry(
                motion: .throwAway(object), forward: Phrase("throwing", "throws", object.words),
                backward: Phrase("catching", "catches", object.words), kind: .object)
        }
        let kicking = [PuppetsObject.ball, .box].map { object in
            Entry(
                motion: .kick(object), forward: Phrase("kicking", "kicks", object.words), kind: .object)
        }
        let pushing = PuppetsSide.allCases.map { side in
            Entry(
                motion: .push(.box, side), forward: Phrase("pushing", "pushes", "a box to the \(side.rawValue)"),
                backward: Phrase("pulling", "pulls", "a box to the \(side.opposite.rawValue)"), kind: .objectTravel,
                heldOut: side == .left)
        }
        return pickingUp + lifting + throwing + kicking + pushing
    }
}

extension PuppetsSide {
    var opposite: PuppetsSide { self == .left ? .right : .left }
}

extension PuppetsObject {
    var words: String { "a \(rawValue)" }
}
