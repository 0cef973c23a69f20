import Recognition
import Video

/// Writes a stream's frames as a video, with the action and bars drawn over them.
actor VideoAnnotator {
    private let path: String
    private var writer: VideoWriter?
    private var scale = 1
    private var overlay = Overlay()

    init(path: String) { self.path = path }

    /// Draws what is known so far over a frame, and writes it.
    ///
    /// - Parameter frame: a frame of the stream; one of another size than the first is left out.
    /// - Throws: `VideoError`.
    func append(_ frame: Frame) throws(VideoError) {
        let writer = if let open = self.writer { open } else { try open(frame) }
        self.writer = writer
        var canvas = FrameCanvas(frame, scale: scale)
        guard canvas.width == writer.width, canvas.height == writer.height else { return }
        overlay.draw(on: &canvas)
        try writer.append(canvas.frame)
    }

    /// Takes what is to be drawn on the next frames.
    func take(_ event: StreamEvent) { overlay.take(event) }

    /// Completes the file; without a frame there is none.
    ///
    /// - Throws: `VideoError`.
    func finish() throws(VideoError) {
        try writer?.finish()
        writer = nil
    }

    /// Small pictures are enlarged, or no word would be readable on them.
    private func open(_ frame: Frame) throws(VideoError) -> VideoWriter {
        scale = max(360 / max(frame.height, 1), 1)
        let canvas = FrameCanvas(frame, scale: scale)
        var options = VideoWriter.Options()
        options.timing = .frameTimes
        return try VideoWriter(
            path: path, width: canvas.width, height: canvas.height, rate: (30, 1), options: options)
    }
}

/// What is drawn over a stream's frames: the action that goes on, and a bar for each of the best labels.
struct Overlay: Sendable {
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
        canvas.write(action ?? "...", x: margin, y: top + margin, scale: 2 * scale, colour)
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
