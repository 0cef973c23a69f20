import Foundation
import Testing

@testable import Torch

@Suite("Malformed and hostile files")
struct HostileFilesTests {
    struct Case: CustomTestStringConvertible {
        let folder: URL
        let file: String
        let category: String
        let expectation: String
        var path: String { folder.appending(path: file).path }
        var testDescription: String { "\(file) \(expectation)" }
    }

    /// The cases that state files decide by themselves; the rest are checks of models and configurations.
    static let cases: [Case] = StateFileFixtures.files(named: "index.json").flatMap { index in
        let cases = StateFileFixtures.json(index)?["cases"] as? [[String: Any]] ?? []
        return cases.compactMap { entry -> Case? in
            guard let file = entry["file"] as? String, let category = entry["category"] as? String,
                let expectation = entry["expect"] as? String, category != "config"
            else { return nil }
            let folder = index.deletingLastPathComponent()
            return Case(folder: folder, file: file, category: category, expectation: expectation)
        }
    }

    @Test("fixtures are found")
    func fixtures() { #expect(Self.cases.count >= 60) }

    @Test("each file is read or refused as it must be", arguments: cases)
    func outcome(_ hostile: Case) throws {
        let result = Result { try readEverything(hostile.path) }
        if hostile.category == "content" {  // sound containers whose content does not suit a model
            #expect(throws: Never.self) { try result.get() }
            return
        }
        switch hostile.expectation {
        case "must_load", "must_load_as_tensors":
            #expect(try !result.get().tensors.isEmpty)
        case "must_refuse", "should_refuse", "must_refuse_or_swap":
            #expect(throws: StateFileError.self) { try result.get() }
        default:  // must not write, allocate, crash, hang: either outcome is fine
            if case .failure(let error) = result { #expect(error is StateFileError) }
        }
        if case .failure(let error as StateFileError) = result {
            #expect(error.path == hostile.path)
            #expect(error.description.hasSuffix("."))
        }
        expectNothingExecuted(hostile.folder)
    }

    static let intact = cases.filter { $0.expectation == "must_load_as_tensors" }

    @Test("tensors of the control files are right", arguments: intact)
    func controls(_ control: Case) throws {
        let tensor = try #require(try StateFile.read(control.path).tensors.first)
        let numbers = try tensor.tensor.bytes().withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(tensor.name == "w")
        #expect(tensor.tensor.shape == [2, 3])
        #expect(numbers == (control.file.contains("transposed") ? [0, 2, 4, 1, 3, 5] : [0, 1, 2, 3, 4, 5]))
    }

    @Test("errors name what the file looks like")
    func names() {
        let folder = StateFileFixtures.own.appending(path: "clip/bad")
        for (file, text) in [
            ("empty.pt", "empty"), ("html_error_page.pt", "web page"), ("git_lfs_pointer.pt", "git lfs pull"),
            ("legacy_bare_pickle.pt", "bare pickle"), ("pickle_inst.pt", "STRING"), ("pickle_eval.pt", "eval"),
            ("st_duplicate_key.safetensors", "twice"), ("missing_storage.pt", "data/3"),
            ("crc_mismatch.pt", "checksum"), ("deflate_bomb.pt", "compressed"),
            ("tensor_unknown_storage.pt", "QInt8Storage"),
        ] {
            let error = #expect(throws: StateFileError.self) { try readEverything(folder.appending(path: file).path) }
            #expect(error?.description.lowercased().contains(text.lowercased()) == true, "\(file): \(error as Any)")
        }
    }

    @Test("folders, missing files and pipes are refused")
    func unreadable() throws {
        let pipe = try StateFileFixtures.temporary("pipe")
        mkfifo(pipe, 0o600)
        for path in [StateFileFixtures.own.path, "/nonexistent/model.pt", pipe] {
            let error = #expect(throws: StateFileError.self) { try StateFile.read(path) }
            #expect(error?.kind == .unreadable)
        }
    }

    @Test("damaged copies of good files never trap", arguments: 0..<8)
    func mutations(_ seed: Int) throws {
        let folder = StateFileFixtures.own.appending(path: "clip")
        let sources = [
            "pickles/misc_zip.pt", "pickles/misc_legacy.pt", "pickles/misc_zip_protocol4.pt",
            "pickles/tensors.safetensors", "bad/tensor_ok.pt", "bad/pickle_memo_bomb.pt", "bad/legacy_ok.pt",
            "bad/st_duplicate_key.safetensors",
        ]
        let original = Array(try Data(contentsOf: folder.appending(path: sources[seed])))
        let path = try StateFileFixtures.temporary("mutated")
        let rounds = ProcessInfo.processInfo.environment["VERB_FUZZ_ROUNDS"].flatMap(Int.init) ?? 150
        var mutator = Mutator(seed: UInt64(seed))
        for _ in 0..<rounds {
            try Data(mutator.mutated(original)).write(to: URL(filePath: path))
            do { _ = try readEverything(path) } catch { #expect(error is StateFileError) }
        }
    }

    /// Reads a file, each of its tensors, and a few levels of its values.
    private func readEverything(_ path: String) throws -> StateFile {
        let file = try StateFile.read(path, checksums: path.hasSuffix("mutated") ? .ignored : .checked)
        var pending = [(file.root, 0)]
        while let (value, depth) = pending.popLast(), depth < 4 {
            _ = value.description
            if let tensor = value.tensor, tensor.count < 1 << 20 { _ = try tensor.bytes() }
            pending += (value.elements ?? value.entries?.map(\.value) ?? []).prefix(500).map { ($0, depth + 1) }
        }
        return file
    }

    private func expectNothingExecuted(_ folder: URL) {
        var places = [folder, URL(filePath: FileManager.default.currentDirectoryPath)]
        for _ in 0..<3 { places += places.suffix(2).map { $0.deletingLastPathComponent() } }
        for place in places {
            #expect(!FileManager.default.fileExists(atPath: place.appending(path: "PWNED").path))
        }
    }
}

/// Damages bytes in the ways that matter: single bits, interesting values, cuts, repeats.
private struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(bound, 1)))
    }

    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...next(4) where !bytes.isEmpty {
            let place = next(bytes.count)
            switch next(7) {
            case 0: bytes[place] ^= 1 << UInt8(next(8))
            case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80, 0x28, 0x52, 0x62, 0x81, 0x6C, 0x64][next(10)]
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + next(40))], at: next(bytes.count))
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + next(8)))
            case 5: for index in place..<min(bytes.count, place + 8) { bytes[index] = 0xFF }
            default: bytes[place] = UInt8(next(256))
            }
        }
        return bytes
    }
}
