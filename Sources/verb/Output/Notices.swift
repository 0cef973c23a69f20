import Foundation

/// Lines for the reader of the terminal, on standard error.
enum Notices {
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
