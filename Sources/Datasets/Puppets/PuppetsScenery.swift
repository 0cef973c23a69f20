/// The backgrounds.
struct PuppetsScenery: Sendable {
    let place: PuppetsPlace
    /// Numbers between 0 and 1 that vary a place.
    private let variety: [Double]

    init(_ place: PuppetsPlace, _ random: inout SplitMix64) {
        self.place = place
        variety = (0..<8).map { _ in random.uniform(0, 1) }
    }

    /// Paints the whole background.
    func paint(on canvas: inout PuppetsCanvas) {
        switch place {
        case .park: park(&canvas)
        case .room: room(&canvas)
        case .beach: beach(&canvas)
        case .street: street(&canvas)
        case .gym: gym(&canvas)
        case .forest: forest(&canvas)
        case .kitchen: kitchen(&canvas)
        case .desert: desert(&canvas)
        case .stage: stage(&canvas)
        case .snow: snow(&canvas)
        }
    }

    /// Everything above and below a horizontal line.
    private func halves(_ canvas: inout PuppetsCanvas, above: Colour, below: Colour, line: Double) {
        canvas.box(Point(x: 0, y: line + 3), 4, 3, above)
        canvas.box(Point(x: 0, y: line - 3), 4, 3, below)
    }

    private func across(_ index: Int, _ low: Double = -0.75, _ high: Double = 0.75) -> Double {
        mix(low, high, variety[index])
    }

    private func park(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(176, 214, 240), below: Colour(134, 186, 106), line: 0.24)
        for index in 0..<3 {
            let x = across(index), top = mix(0.62, 0.9, variety[index + 3])
            canvas.box(Point(x: x, y: 0.36), 0.025, 0.16, Colour(134, 104, 78))
            canvas.disc(Point(x: x, y: top), 0.17, Colour(112, 168, 104))
        }
    }

    private func room(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(226, 212, 190), below: Colour(164, 134, 108), line: 0.16)
        canvas.box(Point(x: 0, y: 0.17), 4, 0.014, Colour(244, 238, 228))
        let x = across(0, -0.5, 0.5)
        canvas.box(Point(x: x, y: 0.86), 0.2, 0.2, Colour(246, 244, 240))
        canvas.box(Point(x: x, y: 0.86), 0.17, 0.17, Colour(190, 218, 236))
        canvas.box(Point(x: x, y: 0.86), 0.012, 0.17, Colour(246, 244, 240))
    }

    private func beach(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(190, 224, 244), below: Colour(232, 212, 164), line: 0.2)
        canvas.box(Point(x: 0, y: 0.33), 4, 0.13, Colour(104, 168, 206))
        canvas.box(Point(x: 0, y: 0.2), 4, 0.012, Colour(244, 246, 246))
        canvas.disc(Point(x: across(0, -0.55, 0.55), y: 1.08), 0.08, Colour(254, 240, 176))
    }

    private func street(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(204, 216, 226), below: Colour(146, 146, 150), line: 0.15)
        canvas.box(Point(x: 0, y: 0.17), 4, 0.03, Colour(190, 188, 184))
        for index in 0..<4 {
            let x = -0.66 + 0.44 * Double(index) + across(7, -0.1, 0.1)
            let height = mix(0.4, 0.62, variety[index])
            let tone = 176 + Int(variety[index + 3] * 44)
            canvas.box(Point(x: x, y: 0.2 + height / 1), 0.2, height, Colour(tone, tone - 14, tone - 24))
            for window in 0..<4 {
                let place = Point(x: x + (window % 2 == 0 ? -0.09 : 0.09), y: 0.5 + 0.28 * Double(window / 2))
                canvas.box(place, 0.045, 0.07, Colour(136, 152, 168))
            }
        }
    }

    private func gym(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(206, 216, 214), below: Colour(206, 160, 106), line: 0.2)
        canvas.box(Point(x: 0, y: 0.21), 4, 0.03, Colour(110, 140, 150))
        for index in 0..<6 {
            canvas.box(
                Point(x: -0.9 + 0.34 * Double(index) + across(0, 0, 0.3), y: 0.75), 0.012, 0.45, Colour(176, 188, 188))
        }
        canvas.box(Point(x: 0, y: across(1, 0.02, 0.12)), 4, 0.008, Colour(240, 232, 220))
    }

    private func forest(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(112, 142, 122), below: Colour(120, 104, 76), line: 0.27)
        for index in 0..<8 {
            let tone = 74 + (index * 37) % 40
            let x = -0.8 + 0.23 * Double(index) + 0.12 * variety[index]
            canvas.box(Point(x: x, y: 0.8), 0.03 + 0.02 * variety[7 - index], 0.6, Colour(tone + 10, tone, tone - 16))
        }
    }

    private func kitchen(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(214, 226, 222), below: Colour(120, 124, 132), line: 0.12)
        for index in 0..<9 {
            canvas.box(Point(x: -0.9 + 0.23 * Double(index), y: 0.85), 0.006, 0.5, Colour(180, 196, 194))
            canvas.box(Point(x: 0, y: 0.45 + 0.15 * Double(index)), 4, 0.006, Colour(180, 196, 194))
        }
        canvas.box(Point(x: across(0), y: 0.3), 0.5, 0.18, Colour(160, 116, 88))
    }

    private func desert(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(240, 206, 160), below: Colour(206, 150, 92), line: 0.22)
        for index in 0..<3 {
            canvas.capsule(
                Point(x: across(index, -1, 0.4), y: 0.12), Point(x: across(index + 3, 0, 1), y: 0.14), 0.12, 0.2,
                Colour(196 - 12 * index, 138 - 8 * index, 84))
        }
    }

    private func stage(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(120, 52, 62), below: Colour(150, 128, 104), line: 0.14)
        for index in 0..<8 {
            canvas.box(
                Point(x: -0.85 + 0.24 * Double(index) + across(0, 0, 0.2), y: 0.85), 0.05, 0.71, Colour(98, 38, 50))
        }
    }

    private func snow(_ canvas: inout PuppetsCanvas) {
        halves(&canvas, above: Colour(170, 188, 206), below: Colour(232, 236, 242), line: 0.2)
        for index in 0..<3 {
            canvas.disc(
                Point(x: across(index, -0.9, 0.9), y: 0.02), 0.24 + 0.16 * variety[index + 3], Colour(218, 224, 234))
        }
    }
}
