/// A side of the picture.
public enum PuppetsSide: String, Sendable, Codable, CaseIterable {
    /// The picture's left.
    case left
    /// The picture's right.
    case right
}

/// Something that puppets handle.
public enum PuppetsObject: String, Sendable, Codable, CaseIterable {
    /// A round ball.
    case ball
    /// A square box.
    case box
    /// A long stick.
    case stick
}

/// A part of the body that moves alone.
enum PuppetsPart: Sendable, Hashable {
    case leftArm, rightArm, bothArms, leftLeg, rightLeg

    var words: String {
        switch self {
        case .leftArm: "the left arm"
        case .rightArm: "the right arm"
        case .bothArms: "both arms"
        case .leftLeg: "the left leg"
        case .rightLeg: "the right leg"
        }
    }
}

/// A movement in its forward direction; a time-order pair of actions shares one.
enum PuppetsMotion: Sendable, Hashable {
    case raise(PuppetsPart)
    case swing(PuppetsPart)
    case shake(PuppetsPart)
    case sitDown, lieDown, crouch, bow
    /// Sideways to the right, looking at the camera; backwards in time it goes to the left.
    case sidestep
    /// As ``sidestep``, in hops.
    case hop
    case jump
    case walk(PuppetsSide)
    case run(PuppetsSide)
    case runOnTheSpot
    case crawl(PuppetsSide)
    case pickUp(PuppetsObject)
    case lift(PuppetsObject)
    case throwAway(PuppetsObject)
    case kick(PuppetsObject)
    case push(PuppetsObject, PuppetsSide)
}

/// Where the object of a motion is.
struct ObjectState: Equatable, Sendable {
    var kind: PuppetsObject
    /// The centre, in body heights above the ground.
    var position: Point
    /// The turn in degrees, counter-clockwise.
    var angle: Double

    var mirrored: ObjectState {
        ObjectState(kind: kind, position: Point(x: -position.x, y: position.y), angle: -angle)
    }
}

/// A puppet and its object at one moment.
struct PuppetState: Equatable, Sendable {
    var pose: PuppetPose
    var anchor = Anchor.feet
    var object: ObjectState?

    var mirrored: PuppetState { PuppetState(pose: pose.mirrored, anchor: anchor, object: object?.mirrored) }
}

/// How one puppet moves; drawn for each clip in the same way whatever the action is.
struct PuppetStyle: Equatable, Sendable {
    /// The parts of the clip before and after a one-way motion.
    let startHold, endHold: Double
    /// The size of movements: 1 is usual.
    let amplitude: Double
    /// The pace of repeated movements: 1 is usual.
    let pace: Double
    /// Where in its circle a repeated movement starts, 0 to 1.
    let phase: Double
    /// How abrupt a one-way motion is, 0 to 1.
    let snap: Double
    /// Angles of arms and legs at rest, degrees.
    let armRest, elbowRest, legRest: Double
    /// The size and pace of small involuntary movements.
    let tremor, tremorPace, tremorPhase: Double
    /// The side that a puppet looks to where the action does not say.
    let facing: PuppetsSide
    /// Where the puppet stands, in body heights from the middle.
    let place: Double
    /// The size of the object: 1 is usual.
    let objectScale: Double

    init(_ random: inout SplitMix64) {
        startHold = random.uniform(0.06, 0.22)
        endHold = random.uniform(0.06, 0.22)
        amplitude = random.uniform(0.88, 1.06)
        pace = random.uniform(0.8, 1.25)
        phase = random.uniform(0, 1)
        snap = random.uniform(0, 1)
        armRest = random.uniform(8, 22)
        elbowRest = random.uniform(0, 14)
        legRest = random.uniform(3, 9)
        tremor = random.uniform(0.5, 2.5)
        tremorPace = random.uniform(1, 3)
        tremorPhase = random.uniform(0, 360)
        facing = random.chance(0.5) ? .left : .right
        place = random.uniform(-0.05, 0.05)
        objectScale = random.uniform(0.92, 1.15)
    }

    /// The progress of a one-way motion at a time of the clip, both 0 to 1.
    func progress(_ time: Double) -> Double {
        let u = min(max((time - startHold) / (1 - endHold - startHold), 0), 1)
        let soft = u * u * (3 - 2 * u)
        return mix(soft, soft * soft * (3 - 2 * soft), snap * 0.6)
    }

    /// How many circles a repeated movement has gone through, starting at the personal phase.
    func cycles(_ time: Double, perClip count: Double) -> Double { phase + time * count * pace }

    /// Standing and looking at the camera.
    var standing: PuppetPose {
        PuppetPose(
            leftArm: Limb(-armRest, -armRest + elbowRest), rightArm: Limb(armRest, armRest - elbowRest),
            leftLeg: Limb(-legRest, -legRest), rightLeg: Limb(legRest, legRest))
    }

    /// Standing and looking to the right.
    var standingSideways: PuppetPose {
        PuppetPose(
            turn: 0.9, leftArm: Limb(armRest * 0.4, armRest * 0.4 + elbowRest + 6),
            rightArm: Limb(-armRest * 0.5, elbowRest), leftLeg: Limb(legRest * 0.8, legRest * 0.4),
            rightLeg: Limb(-legRest * 0.8, -legRest))
    }
}

extension PuppetsMotion {
    /// The puppet at a moment of the motion.
    ///
    /// - Parameters:
    ///   - time: from 0 at the clip's first picture to 1 at its last.
    ///   - style: how this puppet moves.
    ///   - body: its proportions.
    /// - Returns: the pose and the object.
    func state(at time: Double, style: PuppetStyle, body: PuppetBody) -> PuppetState {
        var state = facingState(at: time, style: style, body: body)
        let shiver = style.tremor * sine(360 * style.tremorPace * time + style.tremorPhase)
        state.pose.lean += shiver * 0.5
        state.pose.nod += shiver
        if side(style) == .left { state = state.mirrored }
        state.pose.x += style.place
        state.object?.position.x += style.place
        return state
    }

    /// The side that the puppet looks or moves to.
    private func side(_ style: PuppetStyle) -> PuppetsSide {
        switch self {
        case .raise, .swing, .shake, .sidestep, .hop, .jump, .lift: .right
        case .walk(let side), .run(let side), .crawl(let side), .push(_, let side): side
        case .sitDown, .lieDown, .crouch, .bow, .runOnTheSpot, .pickUp, .throwAway, .kick: style.facing
        }
    }

    /// The motion as it is when the puppet looks or moves to the right.
    private func facingState(at time: Double, style: PuppetStyle, body: PuppetBody) -> PuppetState {
        switch self {
        case .raise(let part): PuppetState(pose: style.raising(part, time), anchor: .hips)
        case .swing(let part): PuppetState(pose: style.swinging(part, time), anchor: .hips)
        case .shake(let part): PuppetState(pose: style.shaking(part, time))
        case .sitDown: PuppetState(pose: style.sittingDown(time))
        case .lieDown: PuppetState(pose: style.lyingDown(time))
        case .crouch: PuppetState(pose: style.crouching(time))
        case .bow: PuppetState(pose: style.bowing(time))
        case .sidestep: PuppetState(pose: style.sidestepping(time))
        case .hop: PuppetState(pose: style.hopping(time, distance: 0.76))
        case .jump: PuppetState(pose: style.hopping(time, distance: 0))
        case .walk: PuppetState(pose: style.walking(time), anchor: .hips)
        case .run: PuppetState(pose: style.running(time, distance: 0.8), anchor: .hips)
        case .runOnTheSpot: PuppetState(pose: style.running(time, distance: 0), anchor: .hips)
        case .crawl: PuppetState(pose: style.crawling(time), anchor: .hips)
        case .pickUp(let object): style.pickingUp(object, time, body)
        case .lift(let object): style.lifting(object, time, body)
        case .throwAway(let object): style.throwing(object, time, body)
        case .kick(let object): style.kicking(object, time, body)
        case .push(let object, _): style.pushing(object, time, body)
        }
    }
}
