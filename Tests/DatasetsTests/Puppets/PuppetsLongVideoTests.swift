import Foundation
import Testing
import Video

@testable import Datasets

@Suite("Long Puppets videos")
struct PuppetsLongVideoTests {
    @Test("actions follow each other without gaps, and none follows itself")
    func times() {
        for seed in 0..<20 as Range<UInt64> {
            let video = PuppetsLongVideo(seed: seed, actions: 7, size: 32), actions = video.actions
            #expect(actions.count == 7)
            #expect(actions[0].start == 0 && abs(actions[6].end - video.duration) < 1e-9)
            for (one, next) in zip(actions, actions.dropFirst()) {
                #expect(one.end == next.start && one.label != next.label && one.end > one.start)
            }
            let clip = Double(video.clips[0].count) / Double(video.framesPerSecond)
            for action in actions {
                let times = (action.end - action.start) / clip
                #expect(abs(times - times.rounded()) < 1e-9 && (2...3).contains(Int(times.rounded())))
            }
            #expect(video.clips.allSatisfy { $0.attributes == video.clips[0].attributes })
            #expect(video == PuppetsLongVideo(seed: seed, actions: 7, size: 32))
        }
    }

    @Test("foreign folders are refused, and what was left half-written goes")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "long-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (foreign, plan) = (
            folder.appending(path: "thesis.txt"), PuppetsLongWriter.Plan(size: 32, videos: 1, actions: 1)
        )
        try Data("mine".utf8).write(to: foreign)
        #expect(throws: DatasetError.self) { try PuppetsLongWriter(plan, to: folder).write() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["thesis.txt"])
        try FileManager.default.removeItem(at: foreign)
        try PuppetsLongWriter(plan, to: folder).write()
        try Data().write(to: folder.appending(path: "long/000000.mp4.1.part"))
        try PuppetsLongWriter(plan, to: folder).write()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/long") == ["000000.mp4"])
    }

    @Test("the frames are those of the clips, at rising times")
    func frames() {
        let video = PuppetsLongVideo(seed: 3, actions: 2, size: 32)
        var frames: [Frame] = []
        video.forEachFrame { frames.append($0) }
        #expect(frames.count == video.count)
        #expect(frames.map(\.pixels) == video.clips.flatMap { $0.frames().map(\.pixels) })
        for (number, frame) in frames.enumerated() {
            #expect(frame.time == Double(number) / Double(video.framesPerSecond))
        }
    }

    @Test("files and lists are written, continued, and kept from another plan")
    func writing() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "long-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let plan = PuppetsLongWriter.Plan(seed: 5, size: 32, videos: 2, actions: 2)
        var done: [Int] = []
        try PuppetsLongWriter(plan, to: folder).write { now, all in
            #expect(all == 2)
            done.append(now)
        }
        #expect(done == [1, 2])
        let list = try SegmentList(contentsOf: folder.path + "/segments.json")
        #expect(list.labels == Puppets.trainingActions.map(\.name))
        #expect(list.videos.map(\.path) == ["long/000000.mp4", "long/000001.mp4"])
        for (index, video) in list.videos.enumerated() {
            let file = try VideoFile(path: "\(folder.path)/\(video.path)")
            #expect(file.count == plan.video(index).count)
            #expect(video.actions == plan.video(index).actions)
        }
        let csv = try String(contentsOfFile: folder.path + "/segments.csv", encoding: .utf8)
        #expect(csv.split(separator: "\n").count == 5)
        try PuppetsLongWriter(plan, to: folder).write()
        var other = plan
        other.seed = 6
        #expect(throws: DatasetError.self) { try PuppetsLongWriter(other, to: folder).write() }
        let manifest = folder.appending(path: "long.json")
        let said = try String(contentsOf: manifest, encoding: .utf8)
        #expect(said.contains("\"version\":\(Puppets.version)"))
        let old = said.replacing("\"version\":\(Puppets.version)", with: "\"version\":0")
        try Data(old.utf8).write(to: manifest)
        #expect(throws: DatasetError.self, "frames of another version of the world") {
            try PuppetsLongWriter(plan, to: folder).write()
        }
        for change in [\PuppetsLongWriter.Plan.videos, \.actions, \.size] {
            var wrong = plan
            wrong[keyPath: change] = 0
            #expect(throws: DatasetError.self) { try wrong.validate() }
        }
    }
}
