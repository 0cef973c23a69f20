import ArgumentParser
import Datasets
import Foundation
import Synchronization
import Video

/// Reads clips as it is told, line by line; the benchmark starts it.
struct LoaderProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "loader-probe", shouldDisplay: false)

    @Flag(help: "Make model input through the loader instead of whole frames.")
    var clips = false

    func run() async throws {
        while let line = readLine() {
            let job = try JSONDecoder().decode(LoaderJob.self, from: Data(line.utf8))
            let answer = clips ? try await loader(job) : try frames(job)
            FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
        }
    }

    // MARK: - Whole frames, which every library can deliver

    private func frames(_ job: LoaderJob) throws -> LoaderAnswer {
        let wrong = try job.clips.reduce(0) { sum, indices in
            let (pixels, size) = try Self.read(job.file, indices)
            return sum + Self.wrong(pixels, size, indices)
        }
        let next = Mutex(0), problem = Mutex<(any Error)?>(nil)
        let (wall, cpu) = try timed {
            let group = DispatchGroup()
            for _ in 0..<job.workers {
                group.enter()
                Thread {
                    while true {
                        let place = next.withLock { next in
                            defer { next += 1 }
                            return next
                        }
                        guard place < job.clips.count else { break }
                        do { _ = try Self.read(job.file, job.clips[place]) } catch { problem.withLock { $0 = error } }
                    }
                    group.leave()
                }.start()
            }
            group.wait()
            if let error = problem.withLock({ $0 }) { throw error }
        }
        return LoaderAnswer(wall: wall, cpu: cpu, wrong: wrong)
    }

    /// One contiguous array, as the other libraries give.
    private static func read(_ file: String, _ indices: [Int]) throws -> ([UInt8], PixelSize) {
        var options = VideoOptions()
        options.readsOnce = true
        var pixels: [UInt8] = [], size = PixelSize(width: 0, height: 0)
        try VideoFile(path: file, options: options).read(indices) { _, frame in
            if pixels.isEmpty {
                size = frame.size
                pixels.reserveCapacity(indices.count * frame.pixels.count)
            }
            pixels += frame.pixels
        }
        return (pixels, size)
    }

    private static func wrong(_ pixels: [UInt8], _ size: PixelSize, _ indices: [Int]) -> Int {
        let each = size.width * size.height * 3
        return pixels.withUnsafeBufferPointer { pixels in
            indices.enumerated().count { place, index in
                let part = UnsafeBufferPointer(rebasing: pixels[place * each..<(place + 1) * each])
                return MovingPicture.number(in: part, width: size.width, height: size.height) != index
            }
        }
    }

    // MARK: - Model input

    private func loader(_ job: LoaderJob) async throws -> LoaderAnswer {
        var settings = LoaderSettings()
        (settings.workers, settings.batch) = (job.workers, 4)
        let isDense = job.clips[0].count > 8 ? 1 : job.clips[0][1] - job.clips[0][0] == 16 ? 16 : 0
        var clips = TrainingClips(
            sampling: isDense > 0 ? .dense(stride: isDense) : .uniform,
            crop: .randomResized(smallestArea: 0.08, largestArea: 1), resize: .bilinear)
        clips.flip = 0.5
        let list = job.clips.map { _ in VideoSample(source: .file(job.file), labels: []) }
        let loader = try ClipLoader(
            list, training: clips, frames: job.clips[0].count, imageSize: 224, settings: settings)
        let clock = ContinuousClock(), start = clock.now, before = Processor.seconds
        for try await batch in loader.batches(epoch: 0) where batch.clips.isEmpty { throw ExitCode.failure }
        return LoaderAnswer(
            wall: (clock.now - start) / .seconds(1), cpu: Processor.seconds - before, wrong: 0)
    }

    private func timed(_ body: () throws -> Void) throws -> (wall: Double, cpu: Double) {
        let clock = ContinuousClock(), start = clock.now, before = Processor.seconds
        try body()
        return ((clock.now - start) / .seconds(1), Processor.seconds - before)
    }
}

enum Processor {
    /// Seconds of processor time that this process has used, user and system.
    static var seconds: Double {
        var usage = rusage()
        #if os(Linux)
            getrusage(RUSAGE_SELF.rawValue, &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        func value(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return value(usage.ru_utime) + value(usage.ru_stime)
    }
}
