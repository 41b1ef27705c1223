provider "aws" {
  region = "eu-west-1"
}

variable "material" {
  type      = string
  sensitive = true
}

resource "terraform_data" "imported" {
  input = true
}

resource "aws_kms_external_key" "app" {
  key_material_base64 = terraform_data.imported.output ? var.material : null
}
