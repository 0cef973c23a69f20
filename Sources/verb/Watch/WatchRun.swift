import Recognition
import Video

/// Watches one source from its first frame to its last.
struct WatchRun: Sendable {
    /// The stream's number on the desk.
    let number: Int
    let recognizer: StreamRecognizer
    let live: LiveFrames
    /// Seconds of the stream after which watching ends.
    let duration: Double?
    let annotator: VideoAnnotator?
    /// The file of labels that may change.
    let labels: LabelsFile?
    /// What the model is asked with other labels.
    let question: @Sendable (LabelSet?) throws(RecognitionError) -> Question
    let desk: WatchDesk

    /// Watches; what goes wrong is told to the desk.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await state in live.states { await desk.take(state, of: number) } }
            let error = await watch()
            // A source that was not opened has no end of its own.
            group.cancelAll()
            await group.waitForAll()
            await desk.end(error, of: number, live.counts)
        }
    }

    private func watch() async -> RecognitionError? {
        var labels = labels
        do throws(RecognitionError) {
            let frames = WatchedFrames(live: live, duration: duration, annotator: annotator)
            for try await event in recognizer.events(of: frames) {
                await annotator?.take(event)
                await desk.take(event, of: number, live.counts)
                if case .decision = event { await replaceLabels(&labels) }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Asks for the labels that the file names now; a list that cannot be used changes nothing.
    private func replaceLabels(_ labels: inout LabelsFile?) async {
        do throws(RecognitionError) {
            guard let changed = try labels?.change() else { return }
            try await recognizer.replace(try question(changed))
        } catch {
            await desk.note("warning: \(error); the labels stay as they were")
        }
    }
}
