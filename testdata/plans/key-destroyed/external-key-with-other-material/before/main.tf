provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_external_key" "app" {
  key_material_base64 = sensitive("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
}
