#!/usr/bin/env bash
# usage: lines.sh line|opencl|shader: the assembly of a module with a kernel k, which adds 7, and where its lines are
# told by OpLine, by OpenCL.DebugInfo.100, or by NonSemantic.Shader.DebugInfo.100. Its entry point calls what is linked by
# its own name, as Khronos' translator has it.
set -euo pipefail

# module IMPORTS DECLARATIONS LINE-OF-LOAD LINE-OF-STORE
module() {
    cat <<EOF
               OpCapability Addresses
               OpCapability Linkage
               OpCapability Kernel
               OpExtension "SPV_KHR_non_semantic_info"
               $1
               OpMemoryModel Physical64 OpenCL
               OpEntryPoint Kernel %entry "k"
       %file = OpString "told.cl"
     %header = OpString "told.h"
       %none = OpString ""
       %name = OpString "k_in_source"
      %inner = OpString "inner"
               OpDecorate %body LinkageAttributes "k" Export
       %void = OpTypeVoid
       %uint = OpTypeInt 32 0
    %pointer = OpTypePointer CrossWorkgroup %uint
       %type = OpTypeFunction %void %pointer
      %seven = OpConstant %uint 7
      %lines = OpConstant %uint 2001
       %more = OpConstant %uint 2002
       $2
       %body = OpFunction %void None %type
          %a = OpFunctionParameter %pointer
      %label = OpLabel
               $3
          %x = OpLoad %uint %a
          %y = OpIAdd %uint %x %seven
               $4
               OpStore %a %y
               OpReturn
               OpFunctionEnd
      %entry = OpFunction %void None %type
          %b = OpFunctionParameter %pointer
      %start = OpLabel
       %call = OpFunctionCall %void %body %b
               OpReturn
               OpFunctionEnd
EOF
}
case $1 in
line) module "" "" "OpLine %file 2001 5" "OpLine %header 2002 6" ;;
opencl)
    module '%debug = OpExtInstImport "OpenCL.DebugInfo.100"' \
    '%source = OpExtInst %void %debug DebugSource %file
     %unit = OpExtInst %void %debug DebugCompilationUnit 1 4 %source OpenCL_C
     %no = OpExtInst %void %debug DebugInfoNone
     %outer = OpExtInst %void %debug DebugFunction %name %no %source 2000 1 %unit %none FlagIsDefinition 2000 %body
     %in = OpExtInst %void %debug DebugFunction %inner %no %source 1000 1 %unit %none FlagIsDefinition 1000 %no
     %block = OpExtInst %void %debug DebugLexicalBlock %source 1000 1 %in
     %at = OpExtInst %void %debug DebugInlinedAt 2001 %outer' \
    '%s1 = OpExtInst %void %debug DebugScope %block %at
     OpLine %file 1001 5' \
    '%s2 = OpExtInst %void %debug DebugScope %outer
     OpLine %file 2002 6' ;;
shader)
    module '%debug = OpExtInstImport "NonSemantic.Shader.DebugInfo.100"' \
    '%source = OpExtInst %void %debug DebugSource %file
     %unit = OpExtInst %void %debug DebugCompilationUnit %seven %seven %source %seven
     %no = OpExtInst %void %debug DebugInfoNone
     %told = OpExtInst %void %debug DebugFunction %name %no %source %lines %seven %unit %none %seven %lines' \
    '%s0 = OpExtInst %void %debug DebugFunctionDefinition %told %body
     %s1 = OpExtInst %void %debug DebugLine %source %lines %lines %seven %seven' \
    '%s2 = OpExtInst %void %debug DebugLine %source %more %more %seven %seven' ;;
esac
