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
    /// What the model is asked, as far as that may change.
    let files: QuestionFiles?
    let desk: WatchDesk

    /// Watches; what goes wrong is told to the desk.
    func run() async {
        let (decisions, teller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await state in live.states { await desk.take(state, of: number) } }
            if let annotator { group.addTask { await desk.take(await annotator.run(), of: number) } }
            // Beside the stream, which must not wait while texts are encoded.
            if let files { group.addTask { await follow(files, after: decisions) } }
            let error = await watch(teller)
            await annotator?.close()
            // A source that was not opened has no end of its own.
            group.cancelAll()
            await group.waitForAll()
            await desk.end(error, of: number, live.counts)
        }
    }

    private func watch(_ decisions: AsyncStream<Void>.Continuation) async -> RecognitionError? {
        do throws(RecognitionError) {
            let frames = WatchedFrames(live: live, duration: duration, annotator: annotator)
            for try await event in recognizer.events(of: frames) {
                await annotator?.take(event)
                await desk.take(event, of: number, live.counts)
                if case .decision = event { decisions.yield() }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Looks at the files after decisions, and asks what they say; a list that cannot be used changes nothing.
    private func follow(_ files: QuestionFiles, after decisions: AsyncStream<Void>) async {
        var files = files
        for await _ in decisions {
            do throws(RecognitionError) {
                if let question = try files.change() { try await recognizer.replace(question) }
            } catch {
                if !Task.isCancelled { await desk.note("warning: \(error); what is asked stays as it was") }
            }
        }
    }
}
