import Foundation

/// Writes a line to standard error: everything that is not a result goes there.
func printError(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
