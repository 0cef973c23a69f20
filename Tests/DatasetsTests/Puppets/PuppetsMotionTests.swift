import Testing

@testable import Datasets

@Suite("The motions behind the names")
struct PuppetsMotionTests {
    private func states(_ name: String, seed: UInt64) throws -> [PuppetState] {
        let action = try #require(Puppets.action(named: name))
        let clip = PuppetsClip(action: action, seed: seed)
        return (0..<clip.count).map(clip.state)
    }

    private func skeletons(_ name: String, seed: UInt64) throws -> [Skeleton] {
        let action = try #require(Puppets.action(named: name))
        let clip = PuppetsClip(action: action, seed: seed)
        return try states(name, seed: seed).map { Skeleton($0.pose, clip.figure.body, anchor: $0.anchor) }
    }

    @Test(arguments: ["stepping", "jumping", "walking", "walking backwards", "running", "crawling"], [1, 2, 3])
    func travelGoesWhereItSays(_ motion: String, seed: UInt64) throws {
        let right = try states("\(motion) to the right", seed: seed),
            left = try states("\(motion) to the left", seed: seed)
        let (toRight, toLeft) = (
            right[right.count - 1].pose.x - right[0].pose.x, left[left.count - 1].pose.x - left[0].pose.x
        )
        #expect(toRight > 0.4)
        #expect(toLeft < -0.4)
    }

    @Test(arguments: [1, 2, 3])
    func boxesGoWhereItSays(seed: UInt64) throws {
        for verb in ["pushing", "pulling"] {
            for (side, sign) in [("left", -1.0), ("right", 1.0)] {
                let boxes = try states("\(verb) a box to the \(side)", seed: seed).compactMap { $0.object?.position.x }
                let first = try #require(boxes.first), last = try #require(boxes.last)
                #expect((last - first) * sign > 0.3)
            }
        }
    }

    @Test(arguments: [1, 2, 3])
    func walkersLookWhereTheyGoUnlessBackwards(seed: UInt64) throws {
        #expect(try states("walking to the left", seed: seed)[0].pose.turn < 0)
        #expect(try states("walking backwards to the left", seed: seed)[0].pose.turn > 0)
        #expect(try states("pushing a box to the right", seed: seed)[0].pose.turn > 0)
        #expect(try states("pulling a box to the left", seed: seed)[0].pose.turn > 0)
    }

    @Test(arguments: [1, 2, 3])
    func theNamedLimbRises(seed: UInt64) throws {
        let arm = try skeletons("raising the left arm", seed: seed)
        let (before, after) = (arm[0], arm[arm.count - 1])
        #expect(after.leftArm.end.y > after.neck.y)
        #expect(before.leftArm.end.y < before.neck.y - 0.2)
        #expect(after.leftArm.end.x < after.neck.x)
        #expect(after.rightArm.end.y < after.neck.y - 0.2)
        let leg = try skeletons("lowering the left leg", seed: seed)
        #expect(leg[0].leftLeg.end.y > leg[0].rightLeg.end.y + 0.15)
        #expect(leg[0].leftLeg.end.x < leg[0].hip.x)
        #expect(abs(leg[leg.count - 1].leftLeg.end.y - leg[leg.count - 1].rightLeg.end.y) < 0.05)
    }

    @Test func theWorldsRightIsThePicturesRight() {
        let camera = PuppetsCamera(size: 64, zoom: 1, centre: Point(x: 0, y: 0.5), roll: 2)
        #expect(camera.project(Point(x: 0.3, y: 0.5)).x > camera.project(Point(x: -0.3, y: 0.5)).x)
        #expect(camera.project(Point(x: 0, y: 0.9)).y < camera.project(Point(x: 0, y: 0.1)).y)
    }

    @Test(arguments: Puppets.actions.filter { $0.namesSide && $0.motion != $0.mirrored.motion }, [4, 5])
    func mirroredActionsMoveMirroredLimbs(_ action: PuppetsAction, seed: UInt64) throws {
        let limbs = try states(action.name, seed: seed).map(\.pose)
        let others = try states(action.mirrored.name, seed: seed).map(\.pose.mirrored)
        for (pose, other) in zip(limbs, others) {
            for limb in [\PuppetPose.leftArm, \.rightArm, \.leftLeg, \.rightLeg] {
                #expect(abs(pose[keyPath: limb].upper - other[keyPath: limb].upper) < 1e-9)
                #expect(abs(pose[keyPath: limb].lower - other[keyPath: limb].lower) < 1e-9)
            }
        }
    }

    @Test(arguments: Puppets.actions)
    func puppetsStayInThePicture(_ action: PuppetsAction) {
        for seed in 0..<8 as Range<UInt64> {
            let clip = PuppetsClip(action: action, seed: seed)
            for index in stride(from: 0, to: clip.count, by: 5) {
                let state = clip.state(atFrame: index)
                let skeleton = Skeleton(state.pose, clip.figure.body, anchor: state.anchor)
                #expect(abs(skeleton.hip.x) < 0.6)
                #expect((0.2...1.25).contains(skeleton.head.y) || abs(state.pose.lean) > 45)
            }
        }
    }

    @Test func objectsMoveWithoutJumps() {
        for action in Puppets.actions where action.kind == .object || action.kind == .objectTravel {
            let clip = PuppetsClip(action: action, seed: 11)
            let places = (0..<clip.count).compactMap { clip.state(atFrame: $0).object?.position }
            #expect(places.count == clip.count)
            for (a, b) in zip(places, places.dropFirst()) {
                #expect(((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot() < 0.3, "\(action)")
            }
        }
    }
}
