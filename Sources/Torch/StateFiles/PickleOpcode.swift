/// The instructions of pickles that are understood; all others are refused by name.
///
/// Source: CPython `Lib/pickletools.py`, protocols 0 to 5.
enum PickleOpcode: UInt8 {
    case proto = 0x80, stop = 0x2E, frame = 0x95, mark = 0x28
    case emptyDictionary = 0x7D, emptyList = 0x5D, emptyTuple = 0x29
    case tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case append = 0x61, appends = 0x65, setItem = 0x73, setItems = 0x75, dictionary = 0x64, list = 0x6C
    case none = 0x4E, newTrue = 0x88, newFalse = 0x89
    case binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, long1 = 0x8A, long4 = 0x8B, binFloat = 0x47
    case binUnicode = 0x58, shortBinUnicode = 0x8C, binUnicode8 = 0x8D
    case shortBinBytes = 0x43, binBytes = 0x42, binBytes8 = 0x8E
    case binGet = 0x68, longBinGet = 0x6A, binPut = 0x71, longBinPut = 0x72, memoize = 0x94
    case pop = 0x30, popMark = 0x31, duplicate = 0x32
    case global = 0x63, stackGlobal = 0x93, binPersistentID = 0x51
    case reduce = 0x52, build = 0x62, newObject = 0x81

    /// The names of the instructions that exist and are refused.
    static let refused: [UInt8: String] = [
        0x69: "INST", 0x6F: "OBJ", 0x50: "PERSID", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x49: "INT",
        0x4C: "LONG", 0x46: "FLOAT", 0x53: "STRING", 0x54: "BINSTRING", 0x55: "SHORT_BINSTRING", 0x56: "UNICODE",
        0x67: "GET", 0x70: "PUT", 0x92: "NEWOBJ_EX", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
        0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    ]
}
