/// Motions with an object; where a puppet looks sideways, to the right.
extension PuppetStyle {
    /// How high an object's centre is when it lies on the ground.
    func restHeight(_ object: PuppetsObject) -> Double {
        switch object {
        case .ball: PuppetsObject.ballRadius * objectScale
        case .box: PuppetsObject.boxHalf * objectScale
        case .stick: PuppetsObject.stickRadius * objectScale
        }
    }

    private func state(_ pose: PuppetPose, _ object: PuppetsObject, _ position: Point, _ angle: Double = 0)
        -> PuppetState
    {
        PuppetState(pose: pose, object: ObjectState(kind: object, position: position, angle: angle))
    }

    private var holding: PuppetPose {
        var pose = standingSideways
        pose.leftArm = Limb(48, 92)
        pose.rightArm = Limb(40, 86)
        return pose
    }

    /// From upright, the object on the ground, to upright, the object in the hands.
    func pickingUp(_ object: PuppetsObject, _ time: Double, _ body: PuppetBody) -> PuppetState {
        var reach = standingSideways
        reach.lean = 74
        reach.nod = -20
        reach.leftLeg = Limb(72, -34)
        reach.rightLeg = Limb(62, -42)
        reach.leftArm = Limb(18, 26)
        reach.rightArm = Limb(10, 20)
        let keys = [(0.0, standingSideways), (0.46, reach), (0.54, reach), (1.0, holding)]
        let t = progress(time)
        var pose = PuppetPose.along(keys.map { (at: $0.0, pose: $0.1) }, t)
        pose.x = -0.14
        reach.x = -0.14
        let hands = Skeleton(reach, body, anchor: .feet).hands
        let ground = Point(x: hands.x + 0.03, y: restHeight(object))
        guard t > 0.5 else { return state(pose, object, ground) }
        let now = Skeleton(pose, body, anchor: .feet).hands
        let settled = smooth(t, from: 0.5, to: 0.95)
        let offset = (ground - hands) * (1 - settled) + Point(x: 0.05, y: 0.03) * settled
        return state(pose, object, now + offset)
    }

    /// With both hands from the waist to above the head, looking at the camera.
    func lifting(_ object: PuppetsObject, _ time: Double, _ body: PuppetBody) -> PuppetState {
        var low = standing, high = standing
        low.leftArm = Limb(-28, 52)
        low.rightArm = Limb(28, -52)
        let spread = 150 * min(amplitude, 1.03)
        high.leftArm = Limb(-spread, 150)
        high.rightArm = Limb(spread, -150)
        let pose = low.toward(high, progress(time))
        let hands = Skeleton(pose, body, anchor: .feet).hands
        return state(
            pose, object, hands + Point(x: 0, y: mix(0, 0.04, progress(time))), 3 * sine(360 * tremorPace * time))
    }

    /// From holding it, over the head, to the object gone in a bow.
    func throwing(_ object: PuppetsObject, _ time: Double, _ body: PuppetBody) -> PuppetState {
        var back = standingSideways, release = standingSideways, after = standingSideways
        back.lean = -16
        back.leftArm = Limb(196, 226)
        back.rightArm = Limb(188, 220)
        back.leftLeg = Limb(24, 14)
        back.rightLeg = Limb(-20, -26)
        release.lean = 14
        release.leftArm = Limb(128, 118)
        release.rightArm = Limb(120, 110)
        release.leftLeg = Limb(26, 10)
        release.rightLeg = Limb(-26, -36)
        after = release
        after.lean = 20
        after.leftArm = Limb(82, 76)
        after.rightArm = Limb(72, 66)
        let releaseTime = 0.52
        let keys = [(0.0, holding), (0.3, back), (0.38, back), (releaseTime, release), (0.72, after), (1.0, after)]
        // Even progress: a flight must not slow down at its end.
        let t = min(max((time - startHold) / (1 - startHold), 0), 1)
        var pose = PuppetPose.along(keys.map { (at: $0.0, pose: $0.1) }, t)
        pose.x = -0.3
        release.x = -0.3
        let hold = Point(x: 0.05, y: 0.03)
        guard t > releaseTime else {
            let spin = -40 * smooth(t, from: 0.1, to: 0.4)
            return state(pose, object, Skeleton(pose, body, anchor: .feet).hands + hold, spin)
        }
        let flight = (t - releaseTime) / (1 - releaseTime)
        let start = Skeleton(release, body, anchor: .feet).hands + hold
        let path = Point(x: 0.9 * amplitude * flight, y: 0.34 * flight - 0.62 * flight * flight)
        return state(pose, object, start + path, -40 - 420 * flight)
    }

    /// A swing of the leg that sends the object away.
    func kicking(_ object: PuppetsObject, _ time: Double, _ body: PuppetBody) -> PuppetState {
        var back = standingSideways, contact = standingSideways, follow = standingSideways
        back.lean = 6
        back.leftLeg = Limb(-46, -84)
        back.leftArm = Limb(62, 76)
        back.rightArm = Limb(-52, -40)
        back.rightLeg = Limb(4, 0)
        contact.leftLeg = Limb(24, 18)
        contact.rightLeg = Limb(0, -4)
        contact.leftArm = Limb(-10, 0)
        contact.rightArm = Limb(20, 30)
        follow.lean = -14
        follow.leftLeg = Limb(86 * amplitude, 80 * amplitude)
        follow.rightLeg = Limb(-4, -10)
        follow.leftArm = Limb(-58, -50)
        follow.rightArm = Limb(62, 80)
        let hit = 0.42
        let keys = [
            (0.0, standingSideways), (0.24, back), (0.32, back), (hit, contact), (0.54, follow), (0.74, follow),
            (1.0, standingSideways),
        ]
        let t = min(max((time - startHold) / (1 - startHold), 0), 1)
        var pose = PuppetPose.along(keys.map { (at: $0.0, pose: $0.1) }, t)
        pose.x = -0.26
        let rest = Point(x: 0.04, y: restHeight(object))
        // The leg that stands keeps the hips' place, so the feet's middle may not.
        guard t > hit else {
            return PuppetState(pose: pose, anchor: .hips, object: ObjectState(kind: object, position: rest, angle: 0))
        }
        let flight = (t - hit) / (1 - hit)
        let path: Point
        switch object {
        case .ball: path = Point(x: 0.85 * flight, y: 0.75 * flight - 0.78 * flight * flight)
        case .box, .stick: path = Point(x: 0.5 * flight * (2 - flight), y: 0)
        }
        let angle = object == .ball ? -500 * flight : 0
        return PuppetState(
            pose: pose, anchor: .hips, object: ObjectState(kind: object, position: rest + path, angle: angle))
    }

    /// Bent steps behind an object that slides along.
    func pushing(_ object: PuppetsObject, _ time: Double, _ body: PuppetBody) -> PuppetState {
        var pose = walking(time)
        let x = (mix(time, progress(time), 0.35) - 0.5) * 0.56 - 0.24
        pose.x = x
        pose.lean = 58
        pose.nod = -24
        pose.leftArm = Limb(46, 54)
        pose.rightArm = Limb(40, 50)
        pose.leftLeg = Limb(pose.leftLeg.upper + 22, pose.leftLeg.lower - 14)
        pose.rightLeg = Limb(pose.rightLeg.upper + 22, pose.rightLeg.lower - 14)
        // Measured on an even pose, so that the object does not shake with the steps.
        let hands = Skeleton(pose, body, anchor: .hips).hands
        let place = Point(x: hands.x + PuppetsObject.boxHalf * objectScale * 0.9, y: restHeight(object))
        return PuppetState(pose: pose, anchor: .hips, object: ObjectState(kind: object, position: place, angle: 0))
    }
}

extension PuppetsObject {
    static let ballRadius = 0.085
    static let boxHalf = 0.105
    static let stickRadius = 0.024
    static let stickHalf = 0.24
}
