/// Motions of arms and legs, looking at the camera.
extension PuppetStyle {
    /// From rest to fully raised; the arms go sideways and up, a leg sideways.
    func raising(_ part: PuppetsPart, _ time: Double) -> PuppetPose {
        let t = progress(time)
        var end = standing
        let arm = 168 * min(amplitude, 1.02)
        switch part {
        case .leftArm: end.leftArm = Limb(-arm, -arm)
        case .rightArm: end.rightArm = Limb(arm, arm)
        case .bothArms:
            end.leftArm = Limb(-arm, -arm)
            end.rightArm = Limb(arm, arm)
        case .leftLeg: end = legRaised
        case .rightLeg: end = legRaised.mirrored
        }
        return standing.toward(end, t)
    }

    private var legRaised: PuppetPose {
        var pose = standing
        pose.lean = 10
        pose.leftLeg = Limb(-76 * amplitude, -76 * amplitude)
        pose.rightLeg = Limb(2, 2)
        pose.leftArm = Limb(-62, -62)
        pose.rightArm = Limb(62, 62)
        return pose
    }

    /// A pendulum: straight arms or a straight leg to both sides.
    func swinging(_ part: PuppetsPart, _ time: Double) -> PuppetPose {
        let wave = sine(360 * cycles(time, perClip: 2))
        var pose = standing
        switch part {
        case .leftArm: pose.leftArm = pendulum(wave, outwards: -1)
        case .rightArm: pose.rightArm = pendulum(wave, outwards: 1)
        case .bothArms:
            let angle = 80 * amplitude * wave
            pose.leftArm = Limb(angle, angle)
            pose.rightArm = Limb(angle, angle)
            pose.lean = 6 * wave
        case .leftLeg: pose = legSwing(wave, outwards: -1)
        case .rightLeg: pose = legSwing(wave, outwards: 1)
        }
        return pose
    }

    private func pendulum(_ wave: Double, outwards: Double) -> Limb {
        let angle = outwards * (12 + 72 * amplitude * wave)
        return Limb(angle, angle)
    }

    private func legSwing(_ wave: Double, outwards: Double) -> PuppetPose {
        var pose = handsOnHips
        let angle = outwards * (8 + 46 * amplitude * wave)
        if outwards < 0 { pose.leftLeg = Limb(angle, angle) } else { pose.rightLeg = Limb(angle, angle) }
        pose.lean = -outwards * 5
        return pose
    }

    /// Standing with the elbows out.
    var handsOnHips: PuppetPose {
        var pose = standing
        pose.leftArm = Limb(-52, 38)
        pose.rightArm = Limb(52, -38)
        return pose
    }

    /// The elbow out at shoulder height, the forearm going quickly to and fro.
    func shaking(_ part: PuppetsPart, _ time: Double) -> PuppetPose {
        let wave = sine(360 * cycles(time, perClip: 4.5)) * 42 * amplitude
        var pose = standing
        if part == .leftArm || part == .bothArms { pose.leftArm = Limb(-98, -178 + wave) }
        if part == .rightArm || part == .bothArms { pose.rightArm = Limb(98, 178 - wave) }
        if part == .leftLeg { pose.leftLeg = Limb(-52, -20 + wave) }
        if part == .rightLeg { pose.rightLeg = Limb(52, 20 - wave) }
        return pose
    }
}
