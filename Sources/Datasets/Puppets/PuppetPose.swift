/// The angles of one limb in degrees: 0 hangs down, 90 points to the picture's right, 180 up, -90 left.
struct Limb: Equatable, Sendable {
    var upper: Double
    var lower: Double

    init(_ upper: Double, _ lower: Double) {
        self.upper = upper
        self.lower = lower
    }

    var mirrored: Limb { Limb(-upper, -lower) }
}

/// How a puppet stands: everything that moves.
///
/// Left and right are the picture's. Lengths are in body heights, the ground is at 0 and `y` points up; angles in
/// degrees. The height of the hips is not part of it: the lowest joint touches the ground, or hangs `lift` above it.
struct PuppetPose: Equatable, Sendable {
    /// Where the feet's middle is (``Anchor/feet``) or the hips (``Anchor/hips``).
    var x = 0.0
    /// How far the lowest joint is above the ground.
    var lift = 0.0
    /// The torso's lean to the right; 90 lies.
    var lean = 0.0
    /// The head's lean to the right in addition to the torso's.
    var nod = 0.0
    /// -1 looks to the left, 0 at the camera, 1 to the right.
    var turn = 0.0
    var leftArm = Limb(0, 0)
    var rightArm = Limb(0, 0)
    var leftLeg = Limb(0, 0)
    var rightLeg = Limb(0, 0)

    /// The same pose seen in a mirror.
    var mirrored: PuppetPose {
        PuppetPose(
            x: -x, lift: lift, lean: -lean, nod: -nod, turn: -turn, leftArm: rightArm.mirrored,
            rightArm: leftArm.mirrored, leftLeg: rightLeg.mirrored, rightLeg: leftLeg.mirrored)
    }

    /// The pose a part of the way to another.
    func toward(_ other: PuppetPose, _ t: Double) -> PuppetPose {
        func limb(_ a: Limb, _ b: Limb) -> Limb { Limb(mix(a.upper, b.upper, t), mix(a.lower, b.lower, t)) }
        return PuppetPose(
            x: mix(x, other.x, t), lift: mix(lift, other.lift, t), lean: mix(lean, other.lean, t),
            nod: mix(nod, other.nod, t), turn: mix(turn, other.turn, t), leftArm: limb(leftArm, other.leftArm),
            rightArm: limb(rightArm, other.rightArm), leftLeg: limb(leftLeg, other.leftLeg),
            rightLeg: limb(rightLeg, other.rightLeg))
    }

    /// The pose at a point of a sequence of poses.
    ///
    /// - Parameters:
    ///   - keys: poses and when they are reached, rising from 0 to 1.
    ///   - t: between 0 and 1.
    /// - Returns: the pose between the two keys around `t`.
    static func along(_ keys: [(at: Double, pose: PuppetPose)], _ t: Double) -> PuppetPose {
        var before = keys[0]
        for key in keys.dropFirst() {
            if t <= key.at { return before.pose.toward(key.pose, (t - before.at) / (key.at - before.at)) }
            before = key
        }
        return before.pose
    }
}

/// What keeps its place when a puppet bends.
enum Anchor: Sendable {
    case feet
    case hips
}

/// The lengths and widths of a puppet, in body heights of a medium puppet.
struct PuppetBody: Equatable, Sendable {
    var thigh = 0.245
    var shin = 0.225
    var torso = 0.29
    var upperArm = 0.175
    var forearm = 0.165
    var headRadius = 0.095
    var shoulders = 0.125
    var hips = 0.06
    var armRadius = 0.036
    var legRadius = 0.046
    var torsoRadius = 0.075
}

/// Where a posed puppet's joints are, in body heights.
struct Skeleton: Sendable {
    struct Chain: Sendable {
        var root: Point
        var joint: Point
        var end: Point
    }

    let hip: Point
    let neck: Point
    let head: Point
    let leftArm: Chain
    let rightArm: Chain
    let leftLeg: Chain
    let rightLeg: Chain

    /// The middle between the hands.
    var hands: Point { (leftArm.end + rightArm.end) * 0.5 }

    init(_ pose: PuppetPose, _ body: PuppetBody, anchor: Anchor) {
        let up = Point(x: sine(pose.lean), y: cosine(pose.lean))
        let right = Point(x: cosine(pose.lean), y: -sine(pose.lean))
        let open = 1 - 0.85 * abs(pose.turn)
        func chain(_ root: Point, _ limb: Limb, _ upper: Double, _ lower: Double) -> Chain {
            let joint = root + Point.limb(limb.upper) * upper
            return Chain(root: root, joint: joint, end: joint + Point.limb(limb.lower) * lower)
        }
        let neck = up * body.torso
        let head =
            neck + Point(x: sine(pose.lean + pose.nod), y: cosine(pose.lean + pose.nod)) * (body.headRadius * 1.15)
        let hipGap = right * (body.hips * open), shoulderGap = right * (body.shoulders * open)
        let leftLeg = chain(Point(x: 0, y: 0) - hipGap, pose.leftLeg, body.thigh, body.shin)
        let rightLeg = chain(hipGap, pose.rightLeg, body.thigh, body.shin)
        let leftArm = chain(neck - shoulderGap, pose.leftArm, body.upperArm, body.forearm)
        let rightArm = chain(neck + shoulderGap, pose.rightArm, body.upperArm, body.forearm)
        let lowest = min(
            -body.torsoRadius, head.y - body.headRadius,
            min(leftLeg.joint.y, leftLeg.end.y, rightLeg.joint.y, rightLeg.end.y) - body.legRadius,
            min(leftArm.joint.y, leftArm.end.y, rightArm.joint.y, rightArm.end.y) - body.armRadius)
        let centre = anchor == .feet ? (leftLeg.end.x + rightLeg.end.x) / 2 : 0
        let shift = Point(x: pose.x - centre, y: pose.lift - lowest)
        func placed(_ chain: Chain) -> Chain {
            Chain(root: chain.root + shift, joint: chain.joint + shift, end: chain.end + shift)
        }
        hip = shift
        self.neck = neck + shift
        self.head = head + shift
        self.leftArm = placed(leftArm)
        self.rightArm = placed(rightArm)
        self.leftLeg = placed(leftLeg)
        self.rightLeg = placed(rightLeg)
    }
}
