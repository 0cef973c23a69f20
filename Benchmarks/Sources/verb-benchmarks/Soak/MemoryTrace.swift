import Foundation

/// The resident memory of this process over time.
actor MemoryTrace {
    private let seconds: Double
    /// In MiB, at each tenth of the time.
    private(set) var residentMiB: [Double] = []

    init(seconds: Double) { self.seconds = seconds }

    /// Looks at each tenth of the time.
    func run() async {
        let start = ContinuousClock.now
        for tenth in 1...10 {
            try? await Task.sleep(until: start + .seconds(seconds * Double(tenth) / 10), clock: .continuous)
            residentMiB.append(Memory.residentMiB ?? .nan)
        }
    }

    /// Whether what is held at the end is no more than after the first quarter, give or take 5 % and 8 MiB of the
    /// allocator's; not where the system does not tell.
    static func isFlat(_ residentMiB: [Double]) -> Bool {
        guard residentMiB.count >= 4, let last = residentMiB.last else { return false }
        return last <= residentMiB[residentMiB.count / 4] * 1.05 + 8
    }
}

extension Memory {
    /// The resident memory of this process now, in MiB; nil where the system does not tell.
    static var residentMiB: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
}
