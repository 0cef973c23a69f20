import Recognition
import Video

/// What is drawn over a stream's frames: the action that goes on, and a bar for each of the best labels.
struct Overlay: Sendable, Equatable {
    private var action: String?
    private var best: [Prediction] = []
    private static let bars = 3

    mutating func take(_ event: StreamEvent) {
        switch event {
        case .decision(let decision): best = Array(decision.smoothed.prefix(Self.bars))
        case .began(let span): action = span.label
        case .changed(_, let span): action = span.label
        case .ended: action = nil
        case .labels, .gap, .jump: (action, best) = (nil, [])
        }
    }

    func draw(on canvas: inout FrameCanvas) {
        let scale = max(canvas.height / 240, 1)
        let (line, margin) = (FrameCanvas.lineHeight(scale: scale) + 2 * scale, 4 * scale)
        let title = FrameCanvas.lineHeight(scale: 2 * scale) + 2 * scale
        let height = title + best.count * line + 2 * margin
        let top = canvas.height - height
        canvas.fill(x: 0, y: top, width: canvas.width, height: height, (0, 0, 0), opacity: 0.6)
        let colour: FrameCanvas.Colour = action == nil ? (170, 170, 170) : (255, 255, 255)
        let words = action ?? "..."
        // A long name is small rather than cut.
        let fits = FrameCanvas.width(of: words, scale: 2 * scale) <= canvas.width - 2 * margin
        canvas.write(words, x: margin, y: top + margin, scale: fits ? 2 * scale : scale, colour)
        let bar = canvas.width / 3
        for (number, prediction) in best.enumerated() {
            let y = top + margin + title + number * line
            let share = min(max(prediction.probability, 0), 1)
            canvas.fill(x: margin, y: y, width: bar, height: line - 3 * scale, (90, 90, 90), opacity: 0.7)
            canvas.fill(x: margin, y: y, width: Int(Double(bar) * share), height: line - 3 * scale, (90, 200, 120))
            let words = "\(Int((100 * share).rounded()))% \(prediction.label)"
            canvas.write(words, x: 2 * margin + bar, y: y, scale: scale, (235, 235, 235))
        }
    }
}
