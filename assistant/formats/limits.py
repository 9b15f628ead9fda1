"""How much of a file is read: sizes in bytes, times in seconds.

A file beyond one of these is refused with its reason, never read in part.
"""

FILE_BYTES = 20_000_000
TEXT_BYTES = 5_000_000  # of a plain text file, and of the text that any other file holds
UNPACKED_BYTES = 100_000_000  # of all members of a zip together
PACKING = 200  # times that a zip may unpack to; office files reach 20
SMALL_BYTES = 10_000_000  # a zip that unpacks to less may be packed as tightly as it likes
MEMBERS = 5_000  # files in a zip
PAGES = 5_000

SECONDS = 30  # of computing, and by the clock, that reading may take
MEMORY_BYTES = 1_000_000_000  # address space of the process that reads
REPLY_BYTES = 4 * TEXT_BYTES  # what it may send back
AT_ONCE = 2  # processes that read
