#include "notes.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/BinaryFormat/MsgPackDocument.h>
#include <llvm/Support/Alignment.h>

#include <algorithm>
#include <cstring>

using namespace llvm::ELF;

namespace
{

constexpr char owner[] = "AMDGPU";

// Where an object's note is. LLVM writes one, in a section of its own.
struct Note {
    Elf64_Shdr *section = nullptr;
    llvm::StringRef description;
};

bool note_find(Bytes &object, Note &note)
{
    auto *header = (Elf64_Ehdr *)object.data();
    if (object.size() < sizeof *header) return false;
    auto *sections = (Elf64_Shdr *)(object.data() + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_NOTE) continue;
        const char *bytes = object.data() + sections[i].sh_offset;
        auto *start = (const Elf64_Nhdr *)bytes;
        if (start->n_type != NT_AMDGPU_METADATA || start->n_namesz != sizeof owner) continue;
        note = {&sections[i], {bytes + sizeof *start + llvm::alignTo(sizeof owner, 4), start->n_descsz}};
        return true;
    }
    return false;
}

std::string note_encode(const std::string &description)
{
    Elf64_Nhdr start = {sizeof owner, (Elf64_Word)description.size(), NT_AMDGPU_METADATA};
    std::string note((const char *)&start, sizeof start);
    note.append(owner, sizeof owner);
    note.resize(llvm::alignTo(note.size(), 4));
    note += description;
    note.resize(llvm::alignTo(note.size(), 4));
    return note;
}

// Lists of kernels are one behind the other; of what else there is twice (target, version) one is enough.
int merge(llvm::msgpack::DocNode *to, llvm::msgpack::DocNode from, llvm::msgpack::DocNode key)
{
    bool kernels = to->isArray() && key.isString() && key.getString() == "amdhsa.kernels";
    if (to->getKind() != from.getKind()) return -1;
    return kernels ? (int)to->getArray().size() : 0;
}

bool kernels_sort(llvm::msgpack::Document &document, const std::vector<std::string> &order)
{
    auto &root = document.getRoot().getMap(true);
    auto found = root.find("amdhsa.kernels");
    if (found == root.end() || !found->second.isArray()) return false;
    auto &kernels = found->second.getArray();
    auto place = [&](llvm::msgpack::DocNode kernel) {
        auto name = kernel.getMap()[".name"].getString();
        return std::find(order.begin(), order.end(), name.str()) - order.begin();
    };
    std::sort(kernels.begin(), kernels.end(),
              [&](llvm::msgpack::DocNode a, llvm::msgpack::DocNode b) { return place(a) < place(b); });
    return kernels.size() == order.size();
}

// Puts another note in the place of an object's, at its end.
bool note_replace(Bytes &object, llvm::msgpack::Document &document)
{
    std::string description;
    document.writeToBlob(description);
    std::string encoded = note_encode(description);
    object.resize(llvm::alignTo(object.size(), 4));
    size_t offset = object.size();
    object.append(encoded.begin(), encoded.end());
    Note note;
    if (!note_find(object, note)) return false;
    note.section->sh_offset = offset;
    note.section->sh_size = encoded.size();
    return true;
}

} // namespace

bool notes_join(std::vector<Bytes> &objects, const std::vector<std::string> &kernels)
{
    llvm::msgpack::Document document;
    for (Bytes &object : objects) {
        Note note;
        if (!note_find(object, note) || !document.readFromBlob(note.description, false, merge)) return false;
        if (&object != &objects[0]) note.section->sh_flags |= SHF_EXCLUDE;
    }
    if (!kernels_sort(document, kernels)) return false;
    return note_replace(objects[0], document);
}

bool notes_add(Bytes &object, const char *key, const llvm::StringMap<unsigned> &numbers)
{
    llvm::msgpack::Document document;
    Note note;
    if (!note_find(object, note) || !document.readFromBlob(note.description, false)) return false;
    for (llvm::msgpack::DocNode kernel : document.getRoot().getMap(true)["amdhsa.kernels"].getArray(true)) {
        auto found = numbers.find(kernel.getMap()[".name"].getString());
        if (found != numbers.end()) kernel.getMap()[key] = found->second;
    }
    return note_replace(object, document);
}
