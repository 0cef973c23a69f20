import Video

/// A clip made ready for rendering: the background is painted once.
struct PuppetsScene: Sendable {
    private let clip: PuppetsClip
    private let background: PuppetsCanvas
    private let bystander: ObjectState?

    init(_ clip: PuppetsClip) {
        self.clip = clip
        var random = SplitMix64(seed: clip.seed, stream: PuppetsClip.Stream.camera.rawValue)
        let second = clip.look == .second
        let zoom = second ? random.uniform(0.86, 1.12) : random.uniform(0.94, 1.06)
        let centre = Point(x: random.uniform(-0.03, 0.03), y: 0.58 + random.uniform(-0.02, 0.02))
        let roll = second ? random.uniform(-7, 7) : random.uniform(-3, 3)
        let side = random.chance(0.5) ? 1.0 : -1.0
        let distance = random.uniform(0.4, 0.56), angle = random.uniform(-15, 15)
        bystander = clip.attributes.bystander.map {
            ObjectState(kind: $0, position: Point(x: side * distance, y: 0.2), angle: angle)
        }
        var canvas = PuppetsCanvas(
            camera: PuppetsCamera(size: clip.size, zoom: zoom, centre: centre, roll: roll),
            light: clip.attributes.time.light)
        random = SplitMix64(seed: clip.seed, stream: PuppetsClip.Stream.scenery.rawValue)
        PuppetsScenery(clip.attributes.place, &random).paint(on: &canvas)
        background = canvas
    }

    func frame(_ index: Int) -> Frame {
        var canvas = background
        if let bystander { paint(bystander, clip.attributes.bystanderColour, scale: 0.62, on: &canvas) }
        paint(clip.state(atFrame: index), on: &canvas)
        let grain = SplitMix64.hash(clip.seed, UInt64(clip.moment(index)) << 8 | PuppetsClip.Stream.grain.rawValue)
        canvas.grain(clip.look.grain, seed: grain)
        return Frame(
            width: clip.size, height: clip.size, pixels: canvas.pixels,
            time: Double(index) / Double(clip.attributes.framesPerSecond))
    }

    private func paint(_ state: PuppetState, on canvas: inout PuppetsCanvas) {
        let skeleton = Skeleton(state.pose, clip.figure.body, anchor: state.anchor)
        canvas.shadow(Point(x: skeleton.hip.x, y: 0), 0.24, 0.05)
        let turned = abs(state.pose.turn) > 0.5
        let looksRight = state.pose.turn > 0
        // The limbs away from the camera when the puppet looks sideways.
        let (farArm, nearArm) =
            looksRight ? (skeleton.leftArm, skeleton.rightArm) : (skeleton.rightArm, skeleton.leftArm)
        let (farLeg, nearLeg) =
            looksRight ? (skeleton.leftLeg, skeleton.rightLeg) : (skeleton.rightLeg, skeleton.leftLeg)
        if turned { paintArm(farArm, shade: 196, on: &canvas) }
        paintLeg(farLeg, turn: state.pose.turn, outwards: looksRight ? -1 : 1, shade: turned ? 196 : 256, on: &canvas)
        paintLeg(nearLeg, turn: state.pose.turn, outwards: looksRight ? 1 : -1, shade: 256, on: &canvas)
        paintTorso(skeleton, on: &canvas)
        paintHead(skeleton, turn: state.pose.turn, on: &canvas)
        if let object = state.object {
            paint(object, clip.attributes.object, scale: clip.style.objectScale, on: &canvas)
        }
        if !turned { paintArm(farArm, shade: 256, on: &canvas) }
        paintArm(nearArm, shade: 256, on: &canvas)
    }

    private func paintArm(_ arm: Skeleton.Chain, shade: Int, on canvas: inout PuppetsCanvas) {
        let radius = clip.figure.body.armRadius, outline = clip.look.outline
        let shirt = clip.attributes.shirt.shade(clip.look).scaled(shade)
        let skin = clip.figure.skin.scaled(shade)
        let sleeve = clip.figure.hasShortSleeves ? skin : shirt
        canvas.capsule(arm.joint, arm.end, radius * 0.95, radius * 0.8, sleeve, outline: outline)
        canvas.capsule(arm.root, arm.joint, radius * 1.1, radius, shirt, outline: outline)
        canvas.disc(arm.end, radius * 1.05, skin, outline: outline)
    }

    private func paintLeg(
        _ leg: Skeleton.Chain, turn: Double, outwards: Double, shade: Int, on canvas: inout PuppetsCanvas
    ) {
        let radius = clip.figure.body.legRadius, outline = clip.look.outline
        let trousers = clip.figure.trousers.scaled(shade)
        let lower = clip.figure.hasShorts ? clip.figure.skin.scaled(shade) : trousers
        let shin = leg.end - leg.joint
        let length = clip.figure.body.shin
        let along = Point(x: shin.x / length, y: shin.y / length)
        // The foot is square to the shin, forwards or a little outwards.
        let forward = abs(turn) > 0.5 ? (turn > 0 ? 1.0 : -1.0) : outwards * 0.4
        let toe = leg.end + Point(x: -along.y, y: along.x) * (forward * 0.07)
        canvas.capsule(leg.end, toe, radius * 0.9, radius * 0.75, Colour(58, 46, 42), outline: outline)
        canvas.capsule(leg.joint, leg.end, radius * 0.95, radius * 0.8, lower, outline: outline)
        canvas.capsule(leg.root, leg.joint, radius * 1.2, radius, trousers, outline: outline)
    }

    private func paintTorso(_ skeleton: Skeleton, on canvas: inout PuppetsCanvas) {
        let body = clip.figure.body, outline = clip.look.outline
        let shirt = clip.attributes.shirt.shade(clip.look)
        let radius = body.torsoRadius
        // Shoulders lie a little below the neck; both sides first, so that no outline crosses the chest.
        for (inset, border) in [(0.0, outline), (0.001, 0.0)] {
            for (arm, leg) in [(skeleton.leftArm, skeleton.leftLeg), (skeleton.rightArm, skeleton.rightLeg)] {
                let shoulder = skeleton.neck + (arm.root - skeleton.neck) * 0.7
                canvas.capsule(shoulder, leg.root, radius * 0.8 - inset, radius * 0.85 - inset, shirt, outline: border)
            }
            canvas.capsule(skeleton.neck, skeleton.hip, radius - inset, radius - inset, shirt, outline: border)
        }
    }

    private func paintHead(_ skeleton: Skeleton, turn: Double, on canvas: inout PuppetsCanvas) {
        let radius = clip.figure.body.headRadius
        let spine = skeleton.head - skeleton.neck
        let length = (spine.x * spine.x + spine.y * spine.y).squareRoot()
        let up = Point(x: spine.x / length, y: spine.y / length), right = Point(x: up.y, y: -up.x)
        canvas.disc(skeleton.head, radius, clip.figure.hair, outline: clip.look.outline)
        let face = skeleton.head + right * (turn * radius * 0.36) - up * (radius * 0.18)
        canvas.disc(face, radius * 0.76, clip.figure.skin)
        let eye = face + right * (turn * radius * 0.38) + up * (radius * 0.1)
        for side in [-1.0, 1.0] {
            canvas.disc(eye + right * (side * radius * 0.32 * (1 - 0.8 * abs(turn))), radius * 0.13, Colour(30, 26, 26))
        }
    }

    private func paint(_ object: ObjectState, _ colour: PuppetsColour, scale: Double, on canvas: inout PuppetsCanvas) {
        let shade = colour.shade(clip.look), outline = max(clip.look.outline, 0.012)
        switch object.kind {
        case .ball:
            let radius = PuppetsObject.ballRadius * scale
            canvas.disc(object.position, radius, shade, outline: outline)
            let spot = Point(x: cosine(object.angle + 60), y: sine(object.angle + 60)) * (radius * 0.45)
            canvas.disc(object.position + spot, radius * 0.34, Colour(255, 255, 255))
        case .box:
            let half = PuppetsObject.boxHalf * scale
            canvas.box(object.position, half, half, shade, angle: object.angle, outline: outline)
            canvas.box(object.position, half * 0.16, half, shade.scaled(150), angle: object.angle)
        case .stick:
            let half = Point(x: cosine(object.angle), y: sine(object.angle)) * (PuppetsObject.stickHalf * scale)
            let radius = PuppetsObject.stickRadius * scale
            canvas.capsule(object.position - half, object.position + half, radius, radius, shade, outline: outline)
        }
    }
}
