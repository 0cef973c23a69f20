/// Motions of the whole body; where a puppet looks sideways, to the right.
extension PuppetStyle {
    private var squatSideways: PuppetPose {
        PuppetPose(
            lean: 32, turn: 0.9, leftArm: Limb(52, 70), rightArm: Limb(42, 62), leftLeg: Limb(100, -32),
            rightLeg: Limb(92, -36))
    }

    private var sitting: PuppetPose {
        PuppetPose(
            lean: -6 - armRest * 0.3, turn: 0.9, leftArm: Limb(28, 62), rightArm: Limb(20, 56),
            leftLeg: Limb(104, 74), rightLeg: Limb(96, 84))
    }

    /// From standing to sitting on the ground, legs forward.
    func sittingDown(_ time: Double) -> PuppetPose {
        var pose = PuppetPose.along(
            [(0, standingSideways), (0.45, squatSideways), (1, sitting)], progress(time))
        pose.x = 0.16
        return pose
    }

    /// From standing to lying on the back.
    func lyingDown(_ time: Double) -> PuppetPose {
        let lying = PuppetPose(
            lean: -90, nod: 4, turn: 0.9, leftArm: Limb(82, 88), rightArm: Limb(88, 92), leftLeg: Limb(93, 88),
            rightLeg: Limb(90, 90))
        var pose = PuppetPose.along(
            [(0, standingSideways), (0.28, squatSideways), (0.5, sitting), (0.9, lying), (1, lying)], progress(time))
        pose.x = 0.38
        return pose
    }

    /// From standing to a deep squat, looking at the camera.
    func crouching(_ time: Double) -> PuppetPose {
        var end = standing
        end.leftLeg = Limb(-98 * min(amplitude, 1), 16)
        end.rightLeg = Limb(98 * min(amplitude, 1), -16)
        end.leftArm = Limb(-20, 24)
        end.rightArm = Limb(20, -24)
        end.nod = 0
        return standing.toward(end, progress(time))
    }

    /// Down and up again, from the hips, with straight legs.
    func bowing(_ time: Double) -> PuppetPose {
        let t = progress(time)
        let depth = smooth(1 - abs(2 * t - 1), from: 0, to: 0.75)
        var pose = standingSideways
        pose.lean = 88 * amplitude * depth
        pose.nod = 14 * depth
        pose.leftArm = Limb(mix(pose.leftArm.upper, 4, depth), mix(pose.leftArm.lower, 8, depth))
        pose.rightArm = Limb(mix(pose.rightArm.upper, -6, depth), mix(pose.rightArm.lower, 0, depth))
        pose.x = -0.12
        return pose
    }
}

/// Motions from one side of the picture to the other, to the right.
extension PuppetStyle {
    private func travel(_ time: Double, distance: Double) -> Double {
        (mix(time, progress(time), 0.35) - 0.5) * distance
    }

    /// Sideways steps, looking at the camera.
    func sidestepping(_ time: Double) -> PuppetPose {
        let open = 0.5 - 0.5 * cosine(360 * cycles(time, perClip: 3))
        var pose = handsOnHips
        let angle = mix(2, 27 * amplitude, open)
        pose.leftLeg = Limb(-angle, -angle)
        pose.rightLeg = Limb(angle, angle)
        pose.x = travel(time, distance: 0.76)
        return pose
    }

    /// Jumps with the arms up, looking at the camera.
    func hopping(_ time: Double, distance: Double) -> PuppetPose {
        let circle = cycles(time, perClip: 3)
        let part = circle - circle.rounded(.down)
        let air = max(0, 1 - (part - 0.62) * (part - 0.62) / (0.36 * 0.36))
        let crouch = smooth(1 - abs(part - 0.12) / 0.2)
        var pose = standing
        pose.lift = 0.14 * amplitude * air
        pose.leftLeg = Limb(-6 - 58 * crouch, -6 + 40 * crouch)
        pose.rightLeg = Limb(6 + 58 * crouch, 6 - 40 * crouch)
        let arm = mix(138, 100, crouch)
        pose.leftArm = Limb(-arm, -arm - 8)
        pose.rightArm = Limb(arm, arm + 8)
        pose.x = travel(time, distance: distance)
        return pose
    }

    /// Upright steps, looking to the right.
    func walking(_ time: Double) -> PuppetPose {
        let circle = cycles(time, perClip: 2.2)
        var pose = standingSideways
        pose.lean = 3
        pose.leftLeg = step(circle, reach: 30 * amplitude, fold: 38)
        pose.rightLeg = step(circle + 0.5, reach: 30 * amplitude, fold: 38)
        let wave = sine(360 * circle) * 30 * amplitude
        pose.leftArm = Limb(-wave, -wave + 12)
        pose.rightArm = Limb(wave, wave + 12)
        pose.x = travel(time, distance: 0.76)
        return pose
    }

    /// Leaning steps with bent arms and high knees, looking to the right.
    func running(_ time: Double, distance: Double) -> PuppetPose {
        let circle = cycles(time, perClip: 3.6)
        var pose = standingSideways
        pose.lean = distance == 0 ? 6 : 17
        pose.leftLeg = step(circle, reach: 56 * amplitude, fold: 88)
        pose.rightLeg = step(circle + 0.5, reach: 56 * amplitude, fold: 88)
        let wave = sine(360 * circle) * 55 * amplitude
        pose.leftArm = Limb(-wave, -wave + 95)
        pose.rightArm = Limb(wave, wave + 95)
        pose.lift = 0.05 * (0.5 + 0.5 * cosine(720 * circle))
        pose.x = travel(time, distance: distance)
        return pose
    }

    /// One leg of a walk: forward with a folded knee, back with a straight one.
    private func step(_ circle: Double, reach: Double, fold: Double) -> Limb {
        let swing = sine(360 * circle)
        let forward = max(0, cosine(360 * circle))
        let upper = reach * swing + (swing > 0 ? reach * 0.25 * swing : 0)
        return Limb(upper, upper - 6 - fold * forward - (reach > 40 ? 22 : 0))
    }

    /// On hands and knees, looking to the right.
    func crawling(_ time: Double) -> PuppetPose {
        let wave = sine(360 * cycles(time, perClip: 2.4)) * 24 * amplitude
        return PuppetPose(
            x: travel(time, distance: 0.62) - 0.12, lean: 72, nod: -38, turn: 0.9, leftArm: Limb(wave + 4, wave + 4),
            rightArm: Limb(-wave + 4, -wave + 4), leftLeg: Limb(-wave, -92), rightLeg: Limb(wave, -92))
    }
}
