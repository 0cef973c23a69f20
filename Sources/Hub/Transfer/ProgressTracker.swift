/// Sums up the progress of several files.
struct ProgressTracker {
    private let files: [HubFile]
    private let total: Int64?
    /// The bytes of the files that are complete.
    private var complete: Int64
    /// The bytes that earlier attempts left of the present file; they say nothing about the speed.
    private var inherited: Int64?
    private var received: Int64 = 0
    private var present: Int64 = 0
    private var rate = TransferRate()
    private let elapsed: () -> Duration

    init(files: [HubFile], missing: [HubFile], clock: any Clock<Duration>) {
        self.files = files
        let sizes = files.map(\.size)
        total = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
        complete = files.filter { !missing.contains($0) }.reduce(0) { $0 + ($1.size ?? 0) }
        elapsed = Self.stopwatch(clock)
    }

    /// Takes note of the bytes of the present file.
    mutating func update(_ file: HubFile, bytes: Int64) -> HubProgress {
        // A transfer that starts anew has fewer bytes than it began with.
        inherited = min(inherited ?? bytes, bytes)
        let seconds = elapsed() / .seconds(1)
        rate.add(bytes: received + bytes - (inherited ?? 0), seconds: seconds)
        present = bytes
        return HubProgress(
            file: file.path, fileNumber: (files.firstIndex(of: file) ?? 0) + 1, fileCount: files.count,
            bytes: complete + bytes, totalBytes: total, bytesPerSecond: max(0, rate.bytesPerSecond))
    }

    /// Takes note that the present file is whole.
    mutating func finish(_ file: HubFile) {
        complete += present
        received += present - (inherited ?? 0)
        present = 0
        inherited = nil
    }

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
