# Third-party notices

What Planloop uses at run time, with its licences. Nothing of it lies in this repository: Maven fetches it. `./verify --only notices` compares this list
with the build; `mvn -Dchecks=false package license:aggregate-add-third-party` writes it to `target/THIRD-PARTY-NOTICES.md`, ready to be copied here.

Where a library offers a choice of licences, Planloop uses it under the most permissive one. Logback and JNA are used unmodified, as
separate jars that a user may replace. `pytorch-native-cpu` carries shared libraries of its own: PyTorch (BSD-3-Clause), oneDNN (Apache-2.0), Intel oneMKL
(Intel Simplified Software License), and libgomp (GPL-3.0 with the GCC Runtime Library Exception).

| library | version | licence |
|---|---|---|
<#list dependencyMap as e><#assign p = e.getKey()/><#assign licenses = e.getValue()/>
| ${p.groupId}:${p.artifactId} | ${p.version} | <#list licenses as license>${license}<#if license_has_next>, </#if></#list> |
</#list>
