import Testing

@testable import Recognition

@Suite("The grid of a stream's frames")
struct FrameGridTests {
    private typealias Sample = FrameGrid.Sample

    /// Pictures and times of a run, written as "C0.0 P0.5 R1.0".
    private func described(_ verdict: FrameGrid.Verdict) -> String {
        switch verdict {
        case .samples(let samples): words(samples)
        case .late: "late"
        case .gap(let time, let sample):
            "gap \(time.lowerBound)-\(time.upperBound) \(words([sample].compactMap(\.self)))"
        case .jump(let from, let to, let sample): "jump \(from)-\(to) \(words([sample].compactMap(\.self)))"
        }
    }

    private func words(_ samples: [FrameGrid.Sample]) -> String {
        samples.map { sample in
            let letter =
                switch sample.picture {
                case .current: "C"
                case .previous: "P"
                case .repetition: "R"
                }
            return "\(letter)\(sample.time)#\(sample.number)"
        }.joined(separator: " ")
    }

    private func run(_ times: [Double], stride: Double = 0.5, gap: Double = 4) -> [String] {
        var grid = FrameGrid(stride: stride, gap: gap)
        return times.map { described(grid.accept($0)) } + [words(grid.finish())]
    }

    @Test("the nearest frame stands at each time, the earlier of equally near ones")
    func nearest() {
        #expect(run([0, 0.4, 0.7]) == ["C0.0#0", "", "P0.5#1", ""])
        #expect(run([0, 0.2, 0.6]) == ["C0.0#0", "", "C0.5#1", ""])
        #expect(run([0, 0.375, 0.625]) == ["C0.0#0", "", "P0.5#1", ""])
        #expect(run([0, 0.5, 1]) == ["C0.0#0", "C0.5#1", "C1.0#2", ""], "a frame at the time itself need not wait")
    }

    @Test("further than half a stride away, the picture before stands there")
    func repetition() {
        #expect(run([0, 1.25, 1.5]) == ["C0.0#0", "R0.5#1 C1.0#2", "C1.5#3", ""])
        #expect(run([0, 1.3]) == ["C0.0#0", "R0.5#1 R1.0#2", "C1.5#3"])
    }

    @Test("the grid begins at the first frame, wherever it is")
    func start() { #expect(run([7.25, 7.75, 8.25]) == ["C7.25#0", "C7.75#1", "C8.25#2", ""]) }

    @Test("the last frame stands for the time it is nearest to")
    func end() {
        #expect(run([0, 0.3]) == ["C0.0#0", "", "C0.5#1"])
        #expect(run([0, 0.2]) == ["C0.0#0", "", ""])
        #expect(run([]) == [""])
    }

    @Test("time stamps that do not rise are late, and change nothing")
    func late() {
        #expect(
            run([0, 0.4, 0.4, 0.1, .nan, .infinity, 0.7]) == [
                "C0.0#0", "", "late", "late", "late", "late", "P0.5#1", "",
            ])
    }

    @Test("long holes and far jumps back begin anew")
    func runs() {
        #expect(
            run([0, 0.5, 4.6, 5.1]) == ["C0.0#0", "C0.5#1", "gap 0.5-4.6 ", "C5.0#0", ""])
        #expect(run([0, 5, 5.2]) == ["C0.0#0", "gap 0.0-5.0 C5.0#0", "", ""])
        #expect(
            run([0, 4, 4.5], gap: 4).prefix(2) == ["C0.0#0", "R0.5#1 R1.0#2 R1.5#3 R2.0#4 R2.5#5 R3.0#6 R3.5#7 C4.0#8"])
        #expect(
            run([0, 9, 9.5, 0, 0.5]) == ["C0.0#0", "gap 0.0-9.0 C9.0#0", "C9.5#1", "jump 9.5-0.0 C0.0#0", "C0.5#1", ""])
    }

    @Test("the phase of the grid is that of the first frame, over gaps and jumps")
    func phase() {
        #expect(
            run([0.2, 0.7, 6, 6.2, 0.1, 0.7]) == [
                "C0.2#0", "C0.7#1", "gap 0.7-6.0 ", "C6.2#0", "jump 6.2-0.1 ", "P0.2#0 C0.7#1", "",
            ])
        #expect(run([9, 3.2, 3.5]) == ["C9.0#0", "jump 9.0-3.2 ", "C3.5#0", ""])
    }

    @Test("a hole of dropped frames is no gap, and costs no more than what windows show")
    func holes() {
        var grid = FrameGrid(stride: 0.5, gap: 4, limit: 3)
        #expect(described(grid.accept(0.5, isHole: true)) == "C0.5#0", "the source counts from the frame it dropped")
        #expect(described(grid.accept(1)) == "C1.0#1")
        #expect(described(grid.accept(7, isHole: true)) == "R5.5#10 R6.0#11 R6.5#12 C7.0#13")
        #expect(described(grid.accept(1e9, isHole: true)).hasSuffix("C1000000000.0#1999999999"))
        #expect(described(grid.accept(1e9 + 9)) == "gap 1000000000.0-1000000009.0 C1000000009.0#0")
        var second = FrameGrid(stride: 0.5, gap: 4)
        #expect(described(second.accept(1.2, isHole: true)) == "" && described(second.accept(1.6)) == "C1.5#0")
    }

    @Test("a day of frames stays on the grid")
    func rounding() {
        var (grid, count) = (FrameGrid(stride: 0.25, gap: 2), 0)
        for number in 0..<(86_400 * 4) {
            if case .samples(let samples) = grid.accept(Double(number) * 0.25), samples.first?.picture == .current {
                count += samples.count
            }
        }
        #expect(count == 345_600)
    }
}

@Suite("Which windows are decided")
struct WindowRuleTests {
    private func due(_ frames: Int, _ hop: Int, _ start: StreamSettings.StartRule) -> (due: [Int], needed: [Int]) {
        var settings = StreamSettings(frames: frames, stride: 1, hop: Double(hop))
        settings.start = start
        let rule = WindowRule(settings)
        return ((0..<20).filter(rule.isDue), (0..<20).filter(rule.isNeeded))
    }

    @Test("whole hops before and behind the first full window")
    func hops() {
        #expect(due(4, 1, .short).due == Array(0..<20))
        #expect(due(4, 1, .wait).due == Array(3..<20))
        #expect(due(4, 3, .short).due == [0, 3, 6, 9, 12, 15, 18])
        #expect(due(4, 3, .wait).due == [3, 6, 9, 12, 15, 18])
        #expect(due(4, 3, .wait).needed == Array(0..<20))
    }

    @Test("frames that no window shows are not needed")
    func gaps() {
        let rule = due(2, 5, .short)
        #expect(rule.due == [1, 6, 11, 16])
        #expect(rule.needed == [0, 1, 5, 6, 10, 11, 15, 16])
        #expect(due(1, 4, .wait).needed == [0, 4, 8, 12, 16])
    }
}

@Suite("Settings of a stream")
struct StreamSettingsTests {
    private func said(_ change: (inout StreamSettings) -> Void) async -> String {
        var settings = StreamSettings()
        change(&settings)
        let changed = settings
        return await message { try changed.validate() }
    }

    @Test("what cannot be is refused with its sentence")
    func refused() async {
        #expect(await said { _ in } == "nothing was thrown")
        #expect(await said { $0.frames = 0 }.contains("1 to 1024"))
        #expect(await said { $0.stride = 0 }.contains("stride"))
        #expect(await said { $0.stride = .nan }.contains("stride"))
        #expect(await said { $0.hop = 0.3 }.contains("multiple of the stride"))
        #expect(await said { $0.hop = .infinity }.contains("multiple"))
        #expect(await said { $0.hop = -0.25 }.contains("multiple"))
        #expect(await said { $0.smoothing = -1 }.contains("smoothing"))
        #expect(await said { $0.minimumDuration = .nan }.contains("least duration"))
        #expect(await said { $0.longestGap = 0.4 }.contains("gap"))
        #expect(await said { $0.hysteresis = .init(enter: 0.3, leave: 0.4) }.contains("not above"))
        #expect(await said { $0.unknown = 2 }.contains("unknown"))
        #expect(await said { $0.thresholds = ["waving": -1] }.contains("waving"))
    }

    @Test("a gap is longer than a window, and than the distance of frames that are wanted")
    func gap() {
        #expect(StreamSettings().gap == 2 && StreamSettings(frames: 1, stride: 0.25).gap == 0.5)
        var settings = StreamSettings()
        settings.longestGap = 7
        #expect(settings.gap == 7)
    }

    @Test("hops of any multiple are taken")
    func hops() throws {
        for count in 1...50 {
            let settings = StreamSettings(frames: 8, stride: 0.1, hop: 0.1 * Double(count))
            try settings.validate()
            #expect(settings.hopStrides == count)
        }
    }
}
