/// One class of the Puppets world: something a puppet does, named in plain words.
///
/// Left and right are always the **picture's**: "the left arm" is the arm on the left of the picture, and "to the
/// left" is towards the picture's left edge, whichever way the puppet looks. So mirroring a clip swaps the two words.
public struct PuppetsAction: Sendable, Hashable, CustomStringConvertible {
    /// What kinds of words an action's name is composed of.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A motion of an arm or a leg.
        case limb
        /// A motion of the whole body on one spot.
        case body
        /// A motion of the whole body from side to side.
        case travel
        /// A motion with an object.
        case object
        /// A motion with an object from side to side.
        case objectTravel
    }

    /// The class number: the position in ``Puppets/actions``.
    public let label: Int
    /// The name in plain words, a gerund phrase such as "raising the left arm".
    public let name: String
    /// The same in the third person, such as "raises the left arm".
    public let thirdPerson: String
    /// What the name is composed of.
    public let kind: Kind
    /// Whether the class is kept out of training, for zero-shot tests.
    public let heldOut: Bool
    /// The number that an action shares with its time-order partner only.
    public let group: Int

    let motion: PuppetsMotion
    let isReversed: Bool

    /// The action whose clips are this action's clips played backwards, if that is an action of its own.
    public var partner: PuppetsAction? {
        Puppets.actions.first { $0.group == group && $0.label != label }
    }

    /// The action that this one becomes in a mirror; itself if the name has no side.
    public var mirrored: PuppetsAction {
        let name = Puppets.mirrored(name)
        return Puppets.actions.first { $0.name == name } ?? self
    }

    /// Whether the name says left or right, so that clips must not be mirrored without changing the class.
    public var namesSide: Bool { Puppets.mirrored(name) != name }

    /// The name.
    public var description: String { name }
}
