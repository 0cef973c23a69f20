import Datasets
import Foundation
import Testing

@Suite("Class lists")
struct ClassListTests {
    @Test("names are found as they are, then normalised")
    func positions() throws {
        let list = try ClassList([
            "passing American football (in game)", "brush_hair", "C", "C++", "it's", "???", "Été",
        ])
        for (name, position) in [
            ("passing American football (in game)", 0), ("Passing american football in game", 0),
            ("passing_American_football_(in_game)", 0), ("Brush  Hair", 1), ("brush hair ", 1), ("C", 2), ("C++", 3),
            ("its", 4), ("???", 5), ("été", 6), ("e\u{301}te\u{301}", 6),
        ] { #expect(list.position(of: name) == position, "\(name)") }
        for name in ["c", "", "!!!", "brushhair", "brush"] { #expect(list.position(of: name) == nil, "\(name)") }
        #expect(list.count == 7)
    }

    @Test("the digest is that of the names in their order")
    func digest() throws {
        let list = try ClassList(["kick", "kick_ball"])
        // printf 'kick\nkick_ball\n' | sha256sum
        #expect(list.digest == "99a9bc70e3cc9dbf14aecef817f386a3a990d8e888937eb2a1f7c5951445105c")
        #expect(try list != ClassList(["kick_ball", "kick"]) && list == ClassList(["kick", "kick_ball"]))
        #expect(try ClassList(["kick ball"]).digest != ClassList(["kick_ball"]).digest)
    }

    @Test("mappings need exactly one counterpart for each class")
    func mapping() throws {
        let list = try ClassList(["a", "b b", "c"])
        #expect(try list.mapping(to: ClassList(["C", "x", "B_b", "a"])) == [3, 2, 0])
        func unmatched(_ names: [String]) throws -> [String] {
            let other = try ClassList(names)
            let error = try #require(throws: DatasetError.self) { try list.mapping(to: other) }
            guard case .classesDiffer(let names, 3) = error else { return ["\(error)"] }
            #expect(error.description.contains("\(names.count) of 3 classes"))
            return names
        }
        #expect(try unmatched(["a", "b"]) == ["b b", "c"])
        #expect(try unmatched(["a", "b_b", "B b!", "c"]) == ["b b"])
    }

    @Test("two classes cannot share a counterpart, and two counterparts are none")
    func collisions() throws {
        let twice = try ClassList(["Kick", "kick!"])
        let error = try #require(throws: DatasetError.self) { try twice.mapping(to: ClassList(["kick"])) }
        #expect(error == .classesDiffer(unmatched: ["Kick", "kick!"], of: 2))
        let one = try ClassList(["KICK"])
        let other = try #require(throws: DatasetError.self) { try one.mapping(to: twice) }
        #expect(other == .classesDiffer(unmatched: ["KICK"], of: 1))
        #expect(try ClassList(["kick!"]).mapping(to: twice) == [1])
    }

    @Test("stored lists are compared with their digest")
    func codable() throws {
        let list = try ClassList(["a", "b"])
        let data = try JSONEncoder().encode(list)
        #expect(try JSONDecoder().decode(ClassList.self, from: data) == list)
        let changed = Data(String(decoding: data, as: UTF8.self).replacing("\"b\"", with: "\"c\"").utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ClassList.self, from: changed) }
        let none = Data(#"{"names": [], "digest": ""}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ClassList.self, from: none) }
    }

    @Test(
        "every way to write one",
        arguments: [
            ("c.txt", "\u{FEFF}one\r\n\r\ntwo, three\r\n"), ("c", "one\ntwo, three"),
            ("c.csv", "id,name\n0,one\n1,\"two, three\"\n"), ("c.CSV", "Name,more,ID\n\"two, three\",x,1\none,y,0\n"),
            ("c.json", "[\"one\",\n \"two, three\"]"), ("c.json", "{\"two, three\": \"1\", \"one\": 0}"),
            ("classInd.txt", "1 one\r\n2 two, three\r\n"),
        ])
    func written(_ name: String, text: String) throws {
        try withFiles([name: text]) { folder throws in
            #expect(try ClassList(contentsOf: "\(folder)/\(name)").names == ["one", "two, three"])
        }
    }

    @Test(
        "what is none is named with its line",
        arguments: [
            ("c.txt", "a\nb\n\na\n", "line 4: the class a comes twice"),
            ("c.txt", "\n", "a class list needs at least one name"),
            ("c.csv", "id,label\n0,a\n", "line 1: the header has no column name; it has id, label"),
            ("c.csv", "id,name\n0,a\nx,b\n", "line 3: expected a whole number and a name"),
            ("c.csv", "id,name\n0,a\n1,\n", "line 3: expected a whole number and a name"),
            ("c.csv", "id,name\n0,a\n0,b\n", "line 3: the id 0 comes twice"),
            ("c.csv", "id,name\n1,a\n2,b\n", "line 3: 2 classes have the ids 0 to 1, not 2"),
            ("c.csv", "id,name\n0,a, b\n", "line 2: 3 values, but the header has 2; quote values that hold commas"),
            ("c.csv", "id,name\n0,a\n1,a\n", "the classes 0 and 1 are both called a"),
            ("c.csv", "", "the list is empty"),
            ("c.json", "[\"a\",\n1]", "line 2: expected the name of a class"),
            ("c.json", "[\"a\", \"\"]", "class 1 has no name"),
            ("c.json", "{\"a\": 0, \"b\": 2}", "2 classes have the ids 0 to 1; b has 2"),
            ("c.json", "{\"a\": 0,\n \"b\" 1}", "line 2: not valid JSON"),
            ("c.json", "", "line 1: expected a JSON array"),
        ])
    func broken(_ name: String, text: String, words: String) throws {
        try withFiles([name: text]) { folder throws in
            let error = try #require(throws: DatasetError.self) { try ClassList(contentsOf: "\(folder)/\(name)") }
            #expect(error.description == "\(folder)/\(name): \(words)")
        }
    }
}
